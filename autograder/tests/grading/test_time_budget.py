"""How long a run waits for a submission."""

import pytest

from autograder.grading.judge.time_budget import (
    CLOUD_SECONDS,
    FREE_SECONDS,
    SHORTENED,
    TimeBudget,
)
from autograder.sandbox import Returned, Stopped, StopReason
from autograder.sandbox.outcomes import Usage
from autograder.tests.limits import LIMITS

DONE = Returned(1, Usage())


def test_no_call_is_made_once_all_calls_together_took_too_long() -> None:
    """This is so even if each call ended by itself, just before its limit."""
    time_budget = TimeBudget(100.0)
    time_budget.note("slow", "one", DONE, 60.0)
    before = time_budget.end_of("slow")
    time_budget.note("slow", "other", DONE, 60.0)

    after = time_budget.end_of("another")

    assert before is None
    assert after == Stopped(StopReason.SUBMISSION, Usage())


def test_no_call_is_made_once_the_cloud_has_worked_enough() -> None:
    """Expensive requests use the grader's processor time, not the student's process."""
    time_budget = TimeBudget(100.0)
    before = time_budget.end_of("slow")
    time_budget.cloud_seconds_left -= CLOUD_SECONDS

    after = time_budget.end_of("another")

    assert before is None
    assert after == Stopped(StopReason.ANSWERS, Usage())


def test_calls_have_less_time_once_all_together_have_used_much() -> None:
    """Code that stays just below the limit of a call does not take all of it every time."""
    time_budget = TimeBudget(1000.0)
    before = time_budget.limits_for("burns", "one", LIMITS)
    for _ in range(5):
        time_budget.note("burns", "one", Returned(1, Usage(cpu_seconds=FREE_SECONDS / 4)), 1.0)

    after = time_budget.limits_for("burns", "other", LIMITS)

    assert before == LIMITS
    assert after.cpu_seconds <= LIMITS.cpu_seconds // SHORTENED


@pytest.mark.parametrize(
    "reason",
    [
        StopReason.CPU,
        StopReason.WALL,
        StopReason.STILL,
        StopReason.RUNNER_DIED,
        StopReason.ANSWERS,
    ],
)
def test_a_function_that_hung_has_less_time_and_others_have_all_of_it(reason: StopReason) -> None:
    """The reason for the wait does not matter."""
    time_budget = TimeBudget(100.0)

    time_budget.note("one", "hangs", Stopped(reason, Usage()), 1.0)

    short = time_budget.limits_for("one", "hangs", LIMITS)
    assert short.still_seconds == LIMITS.still_seconds / SHORTENED
    assert short.cpu_seconds <= LIMITS.cpu_seconds // SHORTENED
    assert time_budget.limits_for("one", "other", LIMITS) == LIMITS
    assert time_budget.limits_for("other", "hangs", LIMITS) == LIMITS
    assert time_budget.end_of("one") is None


def test_a_file_whose_import_hung_has_less_time_and_none_after_the_second() -> None:
    """It does not matter which functions were called."""
    time_budget = TimeBudget(100.0)
    stopped = Stopped(StopReason.CPU, Usage(), during_import=True)

    time_budget.note("one", "first", stopped, 1.0)
    short, ended_once = time_budget.limits_for("one", "second", LIMITS), time_budget.end_of("one")
    time_budget.note("one", "second", stopped, 1.0)

    assert short.cpu_seconds <= LIMITS.cpu_seconds // SHORTENED
    assert ended_once is None
    assert time_budget.end_of("one") is stopped
    assert time_budget.end_of("other") is None


@pytest.mark.parametrize(
    "reason",
    [
        StopReason.VIRTUAL_TIME,
        StopReason.API_CALLS,
        StopReason.IDLE_READS,
        StopReason.EXITED,
        StopReason.OUTPUT,
    ],
)
def test_a_call_that_is_stopped_immediately_costs_no_time(reason: StopReason) -> None:
    """The grader did not wait for it."""
    time_budget = TimeBudget(100.0)

    time_budget.note("one", "f", Stopped(reason, Usage(), during_import=True), 0.1)

    assert time_budget.limits_for("one", "f", LIMITS) == LIMITS
