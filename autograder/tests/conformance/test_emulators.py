"""Other emulators: the table about them is right, and the solution runs on them."""

import json
import os
import subprocess
import sys

import pytest

from autograder.assignment import Course
from autograder.conformance.emulators import (
    KINESALITE,
    MOTO,
    Emulator,
    UnavailableError,
    running,
)
from autograder.conformance.table import TABLE_FILE, tests_digest

SOLUTION = Course.of_this_checkout().solutions / "m06_partitioned_logs"

# Waiters pause for ten seconds at a time, which an emulator does not need.
WALK = """
import json, sys, time
pause = time.sleep
time.sleep = lambda seconds: pause(min(seconds, 0.1))
import kinesis_multi_shard as writer, kinesis_read_shards as reader, compare_with_sqs as brokers
writer.create_multi_shard_stream("walk", 4)
shards = writer.get_shard_info("walk")
mapping = writer.send_events_to_shards("walk", 30)
logs = reader.read_all_shards("walk")
shard, pairs = max(logs.items(), key=lambda item: len(item[1]))
replay = reader.replay_from_offset("walk", shard, pairs[2][0], 3)
writer.delete_stream("walk")
twice = brokers.read_log_twice("again", ["a", "b", "c"])
queue = brokers.read_queue_twice("queue", ["a", "b"]) if sys.argv[1] == "sqs" else None
result = {
    "shards": len(shards),
    "users": sorted(mapping),
    "mapped": all(
        mapping[event["userId"]] == name for name, log in logs.items() for _, event in log
    ),
    "events": sorted(event["eventId"] for log in logs.values() for _, event in log),
    "replay": replay == pairs[2:5],
    "log": twice,
    "queue": queue,
}
print("\\n" + json.dumps(result))
"""


def test_the_table_is_up_to_date() -> None:
    """`python -m autograder.conformance` writes it again, after a change of tests or versions."""
    text = TABLE_FILE.read_text("utf-8")

    assert tests_digest() in text


def walk(address: str, brokers: str) -> subprocess.CompletedProcess[str]:
    """Use each function of the solution once."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }

    return subprocess.run(
        [sys.executable, "-c", WALK, brokers],
        cwd=SOLUTION,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("emulator", [KINESALITE, MOTO], ids=lambda emulator: emulator.name)
def test_the_solution_runs_on_other_emulators(emulator: Emulator) -> None:
    """Otherwise the simulated AWS would be too lenient or too strict."""
    try:
        with running(emulator) as address:
            done = walk(address, "sqs" if emulator is MOTO else "no sqs")
    except UnavailableError as error:
        pytest.skip(str(error))

    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "shards": 4,
        "users": ["alice", "bob", "charlie", "diana", "eve"],
        "mapped": True,
        "events": list(range(30)),
        "replay": True,
        "log": [["a", "b", "c"]] * 2,
        "queue": [sorted(["a", "b"]), []] if emulator is MOTO else None,
    }
