"""Makes cases, and rehearses them in a clone as a student does."""

import subprocess
import sys
from pathlib import Path

from autograder import cases
from autograder.cases import write_case

SHARD = "shardId-000000000001"
READER, WRITER = "kinesis_read_shards", "kinesis_multi_shard"
BROKERS = "compare_with_sqs"


def word_of(*steps: cases.Step) -> str:
    """Write a case."""
    word = write_case(steps)
    assert word is not None
    return word


def filled(records: int) -> list[cases.Step]:
    """Make a stream, and put records into its second shard."""
    return [
        cases.MakeStream("meters", 2),
        *(
            cases.PutRecord("meters", SHARD, f'{{"eventId": {number}, "userId": "eve"}}', "eve")
            for number in range(records)
        ),
    ]


def read(*arguments: object, function: str = "read_from_shard") -> cases.Call:
    """Make a call of the reader."""
    return cases.Call(READER, function, ["meters", SHARD, *arguments], {}, [])


def rehearse(folder: Path, word: str, *options: str, typed: str = "") -> tuple[int, str]:
    """Run the command of a clone as a student does; returns the exit code, and what it printed."""
    done = subprocess.run(
        [sys.executable, "checks/rehearse.py", word, *options],
        cwd=folder, input=typed, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
