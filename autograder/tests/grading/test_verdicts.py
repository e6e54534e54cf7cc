"""A run's report is checked against the plan: any mismatch is the grader's error, never a pass."""

from typing import Any

import pytest

from autograder.grading.foreman.journal import RunProgress
from autograder.grading.foreman.report import (
    PytestRun,
    judge_unfinished,
    read_interrupted,
    read_verdicts,
)
from autograder.grading.grade import Outcome, Status, checkpoint_of
from autograder.grading.judge.phases import Phase
from autograder.grading.judge.plan import PlannedTest

PLAN = [
    PlannedTest("writer", "test_one", "One", "W1", 3),
    PlannedTest("writer", "test_two", "Two", "W2", 2),
]
REQUIREMENTS = {"W1": "first", "W2": "second"}
FEEDBACK = {"asked": "", "came_back": "something else"}


def entry(name: str, outcome: str = "passed", **more: Any) -> dict[str, Any]:
    """Make a test's entry as pytest-json-report writes it."""
    stages = {stage: {"outcome": "passed"} for stage in ("setup", "call", "teardown")}
    stages["call"]["outcome"] = outcome
    return {"nodeid": f"test_writer.py::{name}", "outcome": outcome, **stages, **more}


def verdict(outcome: str, feedback: Any = None) -> dict[str, Any]:
    """Make the metadata that the plugin adds."""
    return {"verdict": {"outcome": outcome, "feedback": feedback or FEEDBACK}}


def run(entries: Any, exit_code: int | None = 0, reported_code: int | None = None) -> PytestRun:
    """Return a run whose report has these entries."""
    reported_code = exit_code if reported_code is None else reported_code
    return PytestRun(
        exit_code, {"exitcode": reported_code, "tests": entries}, "what pytest printed"
    )


def outcomes(ran: PytestRun) -> list[Outcome]:
    """Judge a run."""
    verdicts, _ = read_verdicts(ran, PLAN, REQUIREMENTS)
    return [verdicts[test.id].outcome for test in PLAN]


def test_passed_tests_earn_their_points() -> None:
    """A complete report that agrees with the exit code is accepted."""
    verdicts, grader_log = read_verdicts(
        run([entry("test_one"), entry("test_two")]), PLAN, REQUIREMENTS
    )

    assert [(test.outcome, test.score) for test in verdicts.values()] == [
        (Outcome.PASSED, 3),
        (Outcome.PASSED, 2),
    ]
    assert grader_log == ""


def test_a_verdict_is_completed_with_its_requirement() -> None:
    """The requirement's sentence is added here."""
    ran = run(
        [entry("test_one"), entry("test_two", "failed", metadata=verdict("wrong"))], exit_code=1
    )

    verdicts, _ = read_verdicts(ran, PLAN, REQUIREMENTS)

    two = verdicts["writer/two"]
    assert (two.outcome, two.score) == (Outcome.WRONG, 0)
    assert two.feedback is not None
    assert two.feedback.asked == "second"


@pytest.mark.parametrize(
    "ran",
    [
        PytestRun(0, None, ""),
        PytestRun(None, None, ""),
        PytestRun(0, [], ""),
        PytestRun(0, {"exitcode": 0}, ""),
        run([entry("test_one")]),
        run([entry("test_one"), entry("test_two"), entry("test_three")]),
        run([entry("test_one"), entry("test_two")], exit_code=1),
        run([entry("test_one"), entry("test_two", "failed", metadata=verdict("wrong"))]),
        run([entry("test_one"), entry("test_two")], exit_code=0, reported_code=1),
        run([entry("test_one"), entry("test_two")], exit_code=-9),
        run([entry("test_one"), entry("test_one")]),
        run("nonsense"),
    ],
)
def test_a_report_that_does_not_fit_the_plan_is_the_graders_error_for_all_tests(
    ran: PytestRun,
) -> None:
    """It is missing, incomplete, has too many entries, or contradicts the exit code."""
    verdicts, grader_log = read_verdicts(ran, PLAN, REQUIREMENTS)

    assert {test.outcome for test in verdicts.values()} == {Outcome.GRADER_ERROR}
    assert grader_log


@pytest.mark.parametrize(
    "odd",
    [
        entry("test_two", "failed"),
        entry("test_two", "failed", metadata=verdict("splendid")),
        entry("test_two", "failed", metadata=verdict("wrong", {"came_back": 7})),
        entry("test_two", "failed", metadata={"verdict": "passed"}),
        entry("test_two", "error"),
        entry("test_two", "skipped"),
        entry("test_two", "failed", metadata=verdict("wrong"), teardown={"outcome": "failed"}),
    ],
)
def test_a_test_without_a_sound_verdict_is_the_graders_error(odd: dict[str, Any]) -> None:
    """A failed assert, an unknown outcome, a skip or a broken fixture costs nobody a point."""
    ran = run([entry("test_one"), odd], exit_code=1)

    assert outcomes(ran) == [Outcome.PASSED, Outcome.GRADER_ERROR]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.GRADER_ERROR, Status.INCOMPLETE),
        (Outcome.UNMARKED, Status.UNMARKED),
        (Outcome.WRONG, Status.COMPLETE),
    ],
)
def test_a_checkpoint_says_whether_its_score_is_final(outcome: Outcome, status: Status) -> None:
    """A grader's error leaves it ungraded, an open answer unmarked."""
    verdicts, _ = read_verdicts(run([entry("test_one"), entry("test_two")]), PLAN, REQUIREMENTS)
    first, second = verdicts.values()
    changed = second.model_copy(update={"outcome": outcome, "score": 0.0})

    checkpoint = checkpoint_of("writer", "Writing", (first, changed))

    assert (checkpoint.status, checkpoint.score, checkpoint.max_score) == (status, 3, 5)


@pytest.mark.parametrize(
    ("exit_code", "phase", "student_seconds", "outcome"),
    [
        (None, Phase.ARRANGE, 90.0, Outcome.UNREADABLE),
        (None, Phase.STUDENT, 10.0, Outcome.GRADER_ERROR),
        (-9, Phase.INSPECT, 1.0, Outcome.UNREADABLE),
        (-6, Phase.ARRANGE, 90.0, Outcome.GRADER_ERROR),
        (-9, Phase.STUDENT, 90.0, Outcome.GRADER_ERROR),
    ],
    ids=[
        "student code took most of the time",
        "something else took most of the time",
        "killed while inspecting",
        "died while arranging, after slow student code",
        "killed while the student's code ran elsewhere",
    ],
)
def test_tests_that_were_not_reached_cost_points_only_if_the_student_used_up_the_time(
    exit_code: int | None, phase: Phase, student_seconds: float, outcome: Outcome
) -> None:
    """A run that dies by itself is the grader's fault, however long the student's code took."""
    progress = RunProgress(phase=phase, student_seconds=student_seconds)
    ran = PytestRun(exit_code, None, "", progress, seconds=100.0)

    judged = judge_unfinished(PLAN, ran, REQUIREMENTS)

    assert {test.outcome for test in judged.values()} == {outcome}


@pytest.mark.parametrize("phase", [Phase.ARRANGE, Phase.INSPECT])
def test_a_run_that_something_else_ended_costs_no_points(phase: Phase) -> None:
    """Its last test is run again; if that fails too, the grader is at fault."""
    progress = RunProgress(under_way=PLAN[0].node_id, phase=phase, student_seconds=90.0)
    lost = PytestRun(None, None, "killed", progress, seconds=100.0, is_lost=True)

    verdicts, grader_log = read_interrupted(lost, PLAN, REQUIREMENTS)
    unfinished = judge_unfinished(PLAN, lost, REQUIREMENTS)

    assert verdicts == {}
    assert "killed" in grader_log
    assert {test.outcome for test in unfinished.values()} == {Outcome.GRADER_ERROR}
