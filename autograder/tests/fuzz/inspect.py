"""The hidden tests under fuzzing: functions that return, store, delete and leave anything.

For any program, each hidden test has a verdict, no test is the grader's fault or ends by an
exception that its author did not expect, and the run's processor time is limited.
"""

import random
import tempfile
import traceback
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.grading.foreman.examiner import with_few_attachments
from autograder.grading.grade import Outcome
from autograder.tests.fuzz import conversation, program
from autograder.tests.fuzz.hidden_suite import HiddenSuite
from autograder.tests.fuzz.target import BrokenGuaranteeError, MutateBytes

MOST_SECONDS = 10.0
"""The limit on processor time of all hidden tests, including the fuzzer's counting of lines."""


class InspectTarget:
    """All hidden tests, fed with a program in place of the student's code."""

    def __init__(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="fuzz-inspect-")
        self.suite = HiddenSuite(Path(scratch.name))
        weakref.finalize(self, _close, self.suite, scratch)
        self.seeds: Sequence[bytes] = SEEDS

    def __call__(self, data: bytes) -> None:
        """Feed one input."""
        run = self.suite.run(conversation.steps_of(data))
        for name, error in run.errors:
            traceback.print_exception(error)
            raise BrokenGuaranteeError(f"{name}: {type(error).__name__}") from error
        faults = [test.id for test in run.tests if test.outcome is Outcome.GRADER_ERROR]
        if faults:
            raise BrokenGuaranteeError(f"the grader's fault: {', '.join(faults)}")
        for test in with_few_attachments(run.tests):
            test.model_dump_json()
        if run.seconds > MOST_SECONDS:
            raise BrokenGuaranteeError(
                f"the tests took {run.seconds:.0f} seconds of processor time"
            )

    def mutate(
        self, data: bytes, size: int, rng: random.Random, mutate_bytes: MutateBytes
    ) -> bytes:
        """Change an input that is a program."""
        steps = program.changed(conversation.steps_of(data), rng, mutate_bytes)
        written = conversation.written(steps)
        return written if len(written) <= size else data[:size]


def _close(suite: HiddenSuite, scratch: "tempfile.TemporaryDirectory[str]") -> None:
    suite.close()
    scratch.cleanup()


def _steps(*steps: tuple[str, Any]) -> bytes:
    return conversation.written(list(steps))


_HONEST = ("student.honest", None)
_GONE = ("kinesis.DeleteStream", {"StreamName": "s"})


def _put(data: object, key: str = "k", count: int = 1) -> tuple[str, Any]:
    return ("student.put", {"data": data, "key": key, "count": count})


def _edit(at: int, how: str, by: object = None) -> tuple[str, Any]:
    return ("student.edit", {"at": at, "how": how, "by": by})


SEEDS: tuple[bytes, ...] = (
    b"",
    _steps(_HONEST),
    _steps(_HONEST, _GONE),
    _steps(_GONE, ("kinesis.CreateStream", {"StreamName": "s", "ShardCount": 1})),
    _steps(_HONEST, ("sqs.DeleteQueue", {"QueueUrl": "q"})),
    _steps(
        ("kinesis.GetRecords", {"ShardIterator": "none"}),
        ("kinesis.GetShardIterator", {"StreamName": "s", "ShardId": "shardId-000000000099",
                                      "ShardIteratorType": "LATEST"}),
        ("kinesis.PutRecords", {"StreamName": "none", "Records": [
            {"PartitionKey": "k", "Data": "eA=="}]}),
        ("sqs.ReceiveMessage", {"QueueUrl": "none"}),
        _HONEST,
    ),
    _steps(
        ("kinesis.SplitShard", {"StreamName": "s", "ShardToSplit": "shardId-000000000000",
                                "NewStartingHashKey": "1000"}),
        _HONEST,
        ("kinesis.MergeShards", {"StreamName": "s", "ShardToMerge": "shardId-000000000001",
                                 "AdjacentShardToMerge": "shardId-000000000002"}),
    ),
    _steps(_HONEST, _put('{"eventId": 0}', count=740)),
    _steps(
        _HONEST,
        _put({"$repeat": ["[", 60_000]}, count=3),
        _put("{'eventId': 0x" + "f" * 900 + "}"),
    ),
    _steps(
        _HONEST,
        _put('{"eventId": 3, "userId": "\\ud800", "timestamp": "\\ud800"}'),
        _put('{"eventId": [], "userId": {}, "action": NaN}', "\x1b[31m"),
    ),
    _steps(_HONEST, _edit(1, "drop"), _edit(2, "rename", "x")),
    _steps(_HONEST, _edit(0, "reverse"), _edit(3, "replace", [{"$deep": 20}])),
    _steps(("test", 37), _HONEST, _edit(1, "repeat")),
    _steps(("student.return", {"$repeat": [["1", {"eventId": 1}], 1200]})),
    _steps(("student.return", [["1", {"eventId": {"$digits": 90}}]])),
    _steps(("student.return", {"$deep": 30})),
    _steps(("student.raise", {"type": "KeyError", "message": "\x1b", "code": "C" * 99})),
    _steps(("student.stop", "cpu")),
    _steps(("notebook.raw", {"$repeat": ["[", 100_000]})),
    _steps(("notebook.raw", {"cells": {"$repeat": [{"cell_type": "code", "source": ["c4 = 1", 2]},
                                                   900]}})),
    _steps(("notebook.code", {"$repeat": ["\n", 20_000]})),
    _steps(("notebook.code", "c4 = 0x" + "f" * 4000)),
    _steps(("notebook.code", "c1 = {'photos': {'photos': None}, None: 1}\nc3 = 9 ** 9 ** 9")),
)  # fmt: skip
