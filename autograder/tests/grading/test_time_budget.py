"""How long a run waits for a submission."""

from dataclasses import replace

import pytest

from autograder.grading.judge.time_budget import (
    CLOUD_SECONDS,
    COSTLY_SECONDS,
    FIFTH,
    FIFTIETH,
    FREE_SECONDS,
    HANGING_SECONDS,
    IMPORT_SECONDS,
    MOST_AT_ONCE,
    TENTH,
    TIMES_THE_LONGEST,
    TWENTIETH,
    TimeBudget,
)
from autograder.sandbox import Raised, Returned, Stopped, StopReason
from autograder.sandbox.outcomes import Usage
from autograder.tests.limits import LIMITS

DONE = Returned(1, Usage())
HUNG = Stopped(StopReason.CPU, Usage())


def ended_after(seconds: float) -> Returned:
    """Return the result of a call that ended by itself after so much processor time."""
    return Returned(1, Usage(cpu_seconds=seconds))


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
        time_budget.note("burns", "one", ended_after(FREE_SECONDS / 4), 1.0)

    after = time_budget.limits_for("burns", "other", LIMITS)

    assert before == LIMITS
    assert after.cpu_seconds == LIMITS.cpu_seconds * FIFTH


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
    assert short.still_seconds == LIMITS.still_seconds * TENTH
    assert short.cpu_seconds == LIMITS.cpu_seconds * TWENTIETH
    assert time_budget.limits_for("one", "other", LIMITS) == LIMITS
    assert time_budget.limits_for("other", "hangs", LIMITS) == LIMITS
    assert time_budget.end_of("one") is None


@pytest.mark.parametrize("reason", [StopReason.API_CALLS, StopReason.MEMORY, StopReason.OUTPUT])
def test_a_call_that_used_much_before_it_was_stopped_has_hung(reason: StopReason) -> None:
    """To poll four hundred times takes a second, in each of sixty tests."""
    time_budget = TimeBudget(100.0)

    time_budget.note("one", "polls", Stopped(reason, Usage(COSTLY_SECONDS)), 1.0)

    assert time_budget.limits_for("one", "polls", LIMITS).cpu_seconds < LIMITS.cpu_seconds


def test_a_call_that_ran_out_of_memory_slowly_has_hung() -> None:
    """A recursion without end fills a gigabyte first."""
    time_budget = TimeBudget(100.0)
    out_of_memory = Raised(
        "MemoryError", ("MemoryError",), "", (), None, during_import=False, usage=Usage(1.0)
    )

    time_budget.note("one", "recurses", out_of_memory, 1.0)

    assert time_budget.limits_for("one", "recurses", LIMITS).cpu_seconds < LIMITS.cpu_seconds


def test_a_function_that_hangs_again_and_again_has_ever_less_time() -> None:
    """It has more again once a call of it has ended by itself."""
    time_budget = TimeBudget(100.0)
    seconds = []
    for result in (HUNG, HUNG, ended_after(0.0), HUNG):
        time_budget.note("one", "hangs", result, 1.0)
        seconds.append(time_budget.limits_for("one", "hangs", LIMITS).cpu_seconds)

    shares = [share / LIMITS.cpu_seconds for share in seconds]

    assert shares == [TWENTIETH, FIFTIETH, TWENTIETH, TWENTIETH]


def test_a_function_that_hung_has_several_times_what_other_calls_needed() -> None:
    """The machine may be slow, and so may right code."""
    time_budget = TimeBudget(100.0)
    time_budget.note("one", "slow", ended_after(0.3), 1.0)
    time_budget.note("one", "hangs", HUNG, 1.0)

    seconds = time_budget.limits_for("one", "hangs", LIMITS).cpu_seconds

    assert seconds == TIMES_THE_LONGEST * 0.3


def test_all_that_hangs_shares_some_seconds() -> None:
    """What has worked before keeps its whole time."""
    time_budget = TimeBudget(100.0)
    time_budget.note("one", "works", ended_after(0.0), 1.0)
    seconds = []
    for name in ("first", "second", "third", "fourth"):
        allowed = time_budget.limits_for("one", name, LIMITS).cpu_seconds
        time_budget.note("one", name, Stopped(StopReason.CPU, Usage(allowed)), 1.0)
        seconds.append(allowed)

    works = time_budget.limits_for("one", "works", LIMITS)

    whole = LIMITS.cpu_seconds
    assert seconds == [whole, HANGING_SECONDS - whole, whole * TENTH, whole * TENTH]
    assert works == LIMITS


def test_a_test_that_needs_its_time_has_it_where_the_function_has_worked() -> None:
    """Elsewhere it has a few times what the others have."""
    works, never_worked = TimeBudget(100.0), TimeBudget(100.0)
    works.note("one", "sends", ended_after(0.0), 1.0)
    for time_budget in (works, never_worked):
        time_budget.note("one", "sends", HUNG, 1.0)

    whole = works.limits_for("one", "sends", LIMITS, sends_many=True)
    short = never_worked.limits_for("one", "sends", LIMITS, sends_many=True)

    assert whole == LIMITS
    assert short.cpu_seconds == LIMITS.cpu_seconds * TWENTIETH * MOST_AT_ONCE


def test_imports_share_some_seconds() -> None:
    """A file that reads the whole disk when it is imported does so again for every call."""
    time_budget = TimeBudget(100.0)
    usage = Usage(cpu_seconds=1.0, import_seconds=1.0)

    for _ in range(int(IMPORT_SECONDS)):
        time_budget.note("one", "works", Returned(1, usage), 1.0)

    assert time_budget.limits_for("one", "works", LIMITS).cpu_seconds < 1.0


def test_a_function_that_hung_before_is_told_so() -> None:
    """Its hint is that of the first time, which had the whole time."""
    time_budget = TimeBudget(100.0)
    first = time_budget.note("one", "polls", Stopped(StopReason.API_CALLS, Usage(1.0)), 1.0)

    second = time_budget.note("one", "polls", HUNG, 1.0)

    assert first == Stopped(StopReason.API_CALLS, Usage(1.0))
    assert second == replace(HUNG, reason=StopReason.API_CALLS, is_repeated=True)


def test_a_file_whose_import_hung_has_less_time_and_none_after_the_second() -> None:
    """It does not matter which functions were called."""
    time_budget = TimeBudget(100.0)
    stopped = Stopped(StopReason.CPU, Usage(), during_import=True)

    time_budget.note("one", "first", stopped, 1.0)
    short, ended_once = time_budget.limits_for("one", "second", LIMITS), time_budget.end_of("one")
    time_budget.note("one", "second", stopped, 1.0)

    assert short.cpu_seconds == LIMITS.cpu_seconds * TWENTIETH
    assert ended_once is None
    assert time_budget.end_of("one") == replace(stopped, is_repeated=True)
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
