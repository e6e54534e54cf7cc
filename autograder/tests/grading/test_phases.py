"""Phases of a hidden test: who is at fault for an error, and how long a test may inspect.

Small suites run for real, under pytest and in the grading process. Their tests do what a careless
author might write.
"""

import resource
import signal
import time
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Grade, Outcome
from autograder.grading.judge.phases import OVERRUN_SECONDS, InspectionLimitError, Phases
from autograder.submission import read_submission

SETTINGS = """
id = "m99"
title = "Phases"
python = "3.12"

[[checkpoints]]
id = "it"
title = "It"
points = {points}
files = ["code.py"]

[limits]
cpu_seconds = 5
still_seconds = 10.0
wall_seconds = 60.0
submission_seconds = 600.0
virtual_seconds = 600.0
memory_mib = 1024
output_kib = 256
return_kib = 1024
processes = 64
"""
HEAD = """
import re
import pytest
from autograder.testing import wrong

@pytest.fixture
def code(student):
    return student.module("code_of_theirs")
"""
STUDENT = "def give(value=7):\n    return value\n"


class SuiteOnTrial:
    """Grades one fixed student function with hidden tests that a test of this file writes."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def grade(self, *bodies: str) -> tuple[Grade, str]:
        """Grade with a hidden test for each body, of one point; return the grader's log too."""
        tests = "\n".join(
            f'@pytest.mark.graded("T1", points=1)\ndef test_{at}(code, cloud):\n    """T."""\n'
            + "".join(f"    {line}\n" for line in body.splitlines())
            for at, body in enumerate(bodies)
        )
        suite = self._root / "autograder" / "suites" / "m99"
        handout = self._root / "assignments" / "m99"
        for folder in (suite, handout, self._root / "solutions" / "m99", self._root / "theirs"):
            folder.mkdir(parents=True, exist_ok=True)
        (handout / "assignment.toml").write_text(
            SETTINGS.format(points=len(bodies)).replace("code.py", "code_of_theirs.py")
        )
        (suite / "requirements.toml").write_text('T1 = "It works."\n')
        (suite / "test_it.py").write_text(HEAD + tests)
        (self._root / "theirs" / "code_of_theirs.py").write_text(STUDENT)
        course = Course(self._root)
        assignment = course.load("m99")
        with Examiner(assignment, course, confined=False) as examiner:
            return examiner.grade(read_submission(self._root / "theirs", assignment))


@pytest.fixture
def tried(tmp_path: Path) -> SuiteOnTrial:
    """Return an empty course, in which each test writes a suite."""
    return SuiteOnTrial(tmp_path)


def outcomes(grade: Grade) -> list[Outcome]:
    """List the outcomes of a grade's tests."""
    return [test.outcome for checkpoint in grade.checkpoints for test in checkpoint.tests]


def test_an_error_is_the_graders_fault_until_the_students_code_was_called(
    tried: SuiteOnTrial,
) -> None:
    """An error before the first call cannot come from the student; a later one can."""
    grade, grader_log = tried.grade(
        "code.give()",
        "raise KeyError('before')\ncode.give()",
        "assert code.give() == 8, 'after'",
        "code.give()\n{}['after']",
        "wrong('It', expected='that', hint='so')",
    )

    assert outcomes(grade) == [
        Outcome.PASSED,
        Outcome.GRADER_ERROR,
        Outcome.UNREADABLE,
        Outcome.UNREADABLE,
        Outcome.WRONG,
    ]
    assert "KeyError" in grader_log


def test_only_the_instructor_reads_why_a_test_was_unreadable(tried: SuiteOnTrial) -> None:
    """The student reads that the result could not be read; the grader's log has the error."""
    grade, grader_log = tried.grade("code.give()\nraise KeyError('of the hidden test')")

    (test,) = grade.checkpoints[0].tests
    assert test.feedback is not None
    assert test.feedback.came_back.startswith("What your code left behind could not be read")
    assert "of the hidden test" not in grade.model_dump_json()
    assert "of the hidden test" in grader_log


def test_an_endless_inspect_phase_ends_its_own_test(tried: SuiteOnTrial) -> None:
    """A signal stops Python code, and the kernel stops C code; the other tests are judged."""
    grade, _ = tried.grade(
        "code.give()",
        "code.give()\nwhile True: pass",
        "code.give()",
        "code.give()\nre.match('(a+)+$', 'a' * 60 + 'b')",
        "code.give()",
    )

    assert outcomes(grade) == [
        Outcome.PASSED,
        Outcome.UNREADABLE,
        Outcome.PASSED,
        Outcome.UNREADABLE,
        Outcome.PASSED,
    ]


def test_a_test_that_swallows_every_exception_is_ended_too(tried: SuiteOnTrial) -> None:
    """`except BaseException` in a loop does not hold up the grader."""
    grade, _ = tried.grade(
        "code.give()\nwhile True:\n    try:\n        while True: pass\n"
        "    except BaseException: continue",
        "code.give()",
    )

    assert outcomes(grade) == [Outcome.UNREADABLE, Outcome.PASSED]


def test_an_inspect_phase_has_a_memory_limit(tried: SuiteOnTrial) -> None:
    """A test that uses too much memory is unreadable, and the next test runs."""
    grade, _ = tried.grade(
        "code.give()\nkept = [bytearray(64 << 20) for _ in range(20)]",
        "code.give()\nkept = [bytearray(1 << 20) for _ in range(20)]",
    )

    assert outcomes(grade) == [Outcome.UNREADABLE, Outcome.PASSED]


def inspect_for(seconds: float, phases: Phases) -> bool:
    """Inspect in a new test for `seconds` of processor time; return False if it was stopped."""
    phases.begin_test()
    try:
        with phases.student():
            pass
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass
    except InspectionLimitError:
        return False
    finally:
        phases.end_test()
    return True


def test_outside_of_a_test_no_timer_is_set() -> None:
    """A call outside of any test must not leave a timer that strikes later."""
    phases = Phases()
    phases.begin_test()
    phases.end_test()

    with phases.student():
        pass

    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_many_slow_inspect_phases_end_together() -> None:
    """Each test stays below its own budget; the run's budget ends the rest."""
    phases = Phases(test_seconds=1.0, run_seconds=0.5)

    ended = [inspect_for(0.1, phases) for _ in range(8)]

    assert ended[:3] == [True] * 3
    assert ended[-2:] == [False] * 2


def test_limits_of_the_process_are_restored_between_tests() -> None:
    """Code between two tests must not run under a test's limits."""
    before = [resource.getrlimit(limit) for limit in (resource.RLIMIT_CPU, resource.RLIMIT_AS)]

    inspect_for(0.0, Phases())

    after = [resource.getrlimit(limit) for limit in (resource.RLIMIT_CPU, resource.RLIMIT_AS)]
    assert after == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_the_limit_on_c_code_counts_from_the_start_of_the_inspect_phase() -> None:
    """A test is not charged for earlier processor time, although the kernel counts all of it."""
    phases = Phases(test_seconds=1.0)
    before = resource.getrlimit(resource.RLIMIT_CPU)
    phases.begin_test()

    with phases.student():
        pass
    limit, timer = resource.getrlimit(resource.RLIMIT_CPU), signal.getitimer(signal.ITIMER_VIRTUAL)
    phases.end_test()

    assert limit == before
    assert OVERRUN_SECONDS < timer[0] < OVERRUN_SECONDS + 2  # the kernel counts in ticks


def test_the_time_of_a_students_call_is_not_charged_to_the_test(tried: SuiteOnTrial) -> None:
    """Calls have a separate budget."""
    grade, _ = tried.grade("for _ in range(3): code.give()\nassert code.give(value=1) == 1")

    assert outcomes(grade) == [Outcome.PASSED]


def test_a_run_that_dies_again_and_again_is_given_up(tried: SuiteOnTrial) -> None:
    """After a few runs, the points of tests that were never reached are open, not lost."""
    dies = "import os\nos.abort()"

    grade, grader_log = tried.grade("code.give()", *[dies] * 6, "code.give()")

    assert outcomes(grade)[0] is Outcome.PASSED
    assert set(outcomes(grade)[1:]) == {Outcome.GRADER_ERROR}
    assert "was ended" in grader_log
