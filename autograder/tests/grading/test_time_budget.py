"""How long a run waits for a submission."""

import pytest

from autograder.grading.judge.time_budget import CLOUD_SECONDS, SHORTENED, Patience
from autograder.sandbox import Returned, Stopped, StopReason
from autograder.sandbox.outcomes import Usage
from autograder.tests.limits import LIMITS

DONE = Returned(1, Usage())


def test_no_call_is_made_once_all_together_took_too_long() -> None:
    """Also where each ended well, shortly before it would have been stopped."""
    patience = Patience(100.0)
    patience.note("slow", "one", DONE, 60.0)
    before = patience.end_of("slow")
    patience.note("slow", "other", DONE, 60.0)

    after = patience.end_of("another")

    assert before is None
    assert after == Stopped(StopReason.SUBMISSION, Usage())


def test_no_call_is_made_once_the_cloud_has_worked_enough() -> None:
    """Whose requests take long to answer wears down the grader and no process of its own."""
    patience = Patience(100.0)
    before = patience.end_of("slow")
    patience.cloud_seconds_left -= CLOUD_SECONDS

    after = patience.end_of("another")

    assert before is None
    assert after == Stopped(StopReason.ANSWERS, Usage())


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
    """Whatever made the grader wait."""
    patience = Patience(100.0)

    patience.note("one", "hangs", Stopped(reason, Usage()), 1.0)

    short = patience.limits_for("one", "hangs", LIMITS)
    assert short.still_seconds == LIMITS.still_seconds / SHORTENED
    assert short.cpu_seconds <= LIMITS.cpu_seconds // SHORTENED
    assert patience.limits_for("one", "other", LIMITS) == LIMITS
    assert patience.limits_for("other", "hangs", LIMITS) == LIMITS
    assert patience.end_of("one") is None


def test_an_import_that_hung_shortens_the_whole_file_and_twice_ends_it() -> None:
    """Whichever functions were called."""
    patience = Patience(100.0)
    stopped = Stopped(StopReason.CPU, Usage(), during_import=True)

    patience.note("one", "first", stopped, 1.0)
    short, ended_once = patience.limits_for("one", "second", LIMITS), patience.end_of("one")
    patience.note("one", "second", stopped, 1.0)

    assert short.cpu_seconds <= LIMITS.cpu_seconds // SHORTENED
    assert ended_once is None
    assert patience.end_of("one") is stopped
    assert patience.end_of("other") is None


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
def test_what_is_stopped_at_once_costs_no_time(reason: StopReason) -> None:
    """The grader did not wait for it."""
    patience = Patience(100.0)

    patience.note("one", "f", Stopped(reason, Usage(), during_import=True), 0.1)

    assert patience.limits_for("one", "f", LIMITS) == LIMITS
