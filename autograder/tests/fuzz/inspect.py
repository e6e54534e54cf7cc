"""The hidden tests under fuzzing: student's functions that return, store, delete and leave anything.

Whatever a program does, each hidden test has a verdict, none is the grader's fault, none ends by an
exception that its author did not expect, and the run's processor time is bounded.
"""

import random
import tempfile
import time
import traceback
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.grading.grade import Outcome
from autograder.grading.log_window import with_few_pictures
from autograder.tests.fuzz import conversation, program
from autograder.tests.fuzz.hidden_suite import HiddenSuite
from autograder.tests.fuzz.target import MutateBytes, NotHeldError

MOST_SECONDS = 20.0
"""Processor time of a run, the simulated AWS and a fuzzer's counting of lines included."""


class InspectTarget:
    """All hidden tests, fed with a program in place of the student's code."""

    def __init__(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="fuzz-inspect-")
        self._suite = HiddenSuite(Path(scratch.name))
        weakref.finalize(self, _close, self._suite, scratch)
        self.seeds: Sequence[bytes] = SEEDS

    def __call__(self, data: bytes) -> None:
        """Feed one input."""
        begin = time.process_time()
        tests, errors = self._suite.run(conversation.steps_of(data))
        seconds = time.process_time() - begin
        for name, error in errors:
            traceback.print_exception(error)
            raise NotHeldError(f"{name}: {type(error).__name__}") from error
        faults = [test.id for test in tests if test.outcome is Outcome.GRADER_ERROR]
        if faults:
            raise NotHeldError(f"the grader's fault: {', '.join(faults)}")
        for test in with_few_pictures(tests):
            test.model_dump_json()
        if seconds > MOST_SECONDS:
            raise NotHeldError(f"the run took {seconds:.0f} seconds of processor time")

    def mutate(
        self, data: bytes, size: int, chance: random.Random, mutate_bytes: MutateBytes
    ) -> bytes:
        """Change a program as one."""
        steps = program.changed(conversation.steps_of(data), chance, mutate_bytes)
        written = conversation.written(steps)
        return written if len(written) <= size else data[:size]


def _close(suite: HiddenSuite, scratch: "tempfile.TemporaryDirectory[str]") -> None:
    suite.close()
    scratch.cleanup()


def _steps(*steps: tuple[str, Any]) -> bytes:
    return conversation.written(list(steps))


_HONEST = ("student.honest", None)

SEEDS: tuple[bytes, ...] = (
    b"",
    _steps(_HONEST),
    _steps(_HONEST, ("kinesis.DeleteStream", {"StreamName": "s"})),
    _steps(_HONEST, ("sqs.DeleteQueue", {"QueueUrl": "q"})),
)
