"""Judges planned tests by what a run of pytest left behind: its report, or else its journal.

A report that is missing, lacks a test, names one that was not planned, or disagrees with pytest's
exit code is the grader's error, never a pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from autograder.assignment import HANDOUT_FILE
from autograder.grading.foreman.journal import NO_PROGRESS, RunProgress
from autograder.grading.grade import Feedback, GradedTest, Outcome
from autograder.grading.judge.phases import InspectionLimitError, Phase
from autograder.grading.judge.plan import PlannedTest, Requirements
from autograder.grading.judge.verdict import unreadable

TESTS_PASSED, TESTS_FAILED = 0, 1
"""Two of `pytest.ExitCode`, which takes long to import."""

_GRADER_FAULT = Feedback(
    asked="",
    came_back="The grader itself failed at this test. That is not your fault and costs no points.",
    hint="Your instructor will have it graded again.",
)


@dataclass(frozen=True)
class PytestRun:
    """What a run of pytest left behind."""

    exit_code: int | None
    """Negative if a signal ended it; None if it did not end in time, or nobody knows."""
    report: object
    """The parsed report; None if there is none."""
    output: str
    """The end of what pytest printed, for the instructor."""
    progress: RunProgress = NO_PROGRESS
    """What its journal says."""
    seconds: float = 0.0
    """How long it took, in real time."""
    is_lost: bool = False
    """Something outside the run ended it."""

    @property
    def was_interrupted(self) -> bool:
        """Whether it did not end by itself, so that the report is missing."""
        return self.exit_code is None or self.exit_code < 0

    @property
    def was_late(self) -> bool:
        """Whether the time limit ended it."""
        return self.exit_code is None and not self.is_lost


def read_verdicts(
    run: PytestRun, expected: Sequence[PlannedTest], requirements: Requirements
) -> tuple[dict[str, GradedTest], str]:
    """Judge each planned test by the report of a run that ended by itself.

    Returns:
        A graded test for each planned one, by id. Then the grader's log, for the instructor: empty
        unless something of the grader failed or a test was unreadable.
    """
    report = run.report if isinstance(run.report, dict) else {}
    entries = report.get("tests")
    by_node: dict[str, dict[str, Any]] = {}
    if isinstance(entries, list):
        by_node = {
            str(entry.get("nodeid")).replace("\\", "/"): entry
            for entry in entries
            if isinstance(entry, dict)
        }
    has_failures = any(entry.get("outcome") != "passed" for entry in by_node.values())
    is_sound = (
        run.exit_code == (TESTS_FAILED if has_failures else TESTS_PASSED)
        and run.exit_code == report.get("exitcode")
        and set(by_node) == {test.node_id for test in expected}
    )
    graded = {
        test.id: _graded(test, by_node.get(test.node_id) if is_sound else None, requirements)
        for test in expected
    }
    if not is_sound:
        return graded, f"pytest ended with {run.exit_code}, its report does not fit.\n{run.output}"
    is_odd = {Outcome.GRADER_ERROR, Outcome.UNREADABLE}
    return graded, run.output if any(test.outcome in is_odd for test in graded.values()) else ""


def read_interrupted(
    run: PytestRun, expected: Sequence[PlannedTest], requirements: Requirements
) -> tuple[dict[str, GradedTest], str]:
    """Judge by the journal of a run that was interrupted, as far as it came.

    The test that was under way is `unreadable` if it was inspecting: its own code never came back
    from something that the student's code had left behind. Else it is the grader's error. If the
    run is lost, that test has no verdict yet.

    Returns:
        A graded test by id for each planned one that began, and the grader's log.
    """
    progress = run.progress
    graded = {
        test.id: _graded(test, dict(progress.entries[test.node_id]), requirements)
        for test in expected
        if test.node_id in progress.entries
    }
    under_way = [test for test in expected if test.node_id == progress.under_way]
    if not run.is_lost:
        graded |= judge_unfinished(under_way, run, requirements)
    names = ", ".join(test.id for test in under_way) or "no test"
    return graded, (
        f"the run was ended ({run.exit_code}) in the phase {progress.phase.value} of {names}\n"
        f"{run.output}"
    )


def judge_unfinished(
    tests: Sequence[PlannedTest], run: PytestRun, requirements: Requirements
) -> dict[str, GradedTest]:
    """Judge tests that an interrupted run did not finish.

    They are `unreadable` if the student's work used up the time: a signal ended the run while it
    inspected, or it did not end in time and the calls of student code took most of it.
    """
    if run.was_late:
        is_theirs = run.progress.student_seconds > run.seconds / 2
    else:
        is_theirs = run.progress.phase is Phase.INSPECT and not run.is_lost
    if not is_theirs:
        return {test.id: _graded(test, None, requirements) for test in tests}
    feedback = unreadable(InspectionLimitError()).feedback
    return {test.id: judged(test, Outcome.UNREADABLE, feedback, requirements) for test in tests}


def judged(
    test: PlannedTest, outcome: Outcome, feedback: Feedback | None, requirements: Requirements
) -> GradedTest:
    """Return a planned test with its outcome, points, and what the handout asks for."""
    if feedback is not None:
        question = {
            "asked": requirements[test.requirement],
            "handout": f"{HANDOUT_FILE}#{test.requirement.lower()}",
        }
        feedback = feedback.model_copy(update=question)
    return GradedTest(
        id=test.id,
        title=test.title,
        requirement=test.requirement,
        marked_by=test.marked_by,
        closed_answer=test.closed_answer,
        outcome=outcome,
        score=test.points if outcome is Outcome.PASSED else 0.0,
        max_score=test.points,
        feedback=feedback,
    )


def _graded(
    test: PlannedTest, entry: dict[str, Any] | None, requirements: Requirements
) -> GradedTest:
    return judged(test, *_outcome(entry), requirements)


def _outcome(entry: dict[str, Any] | None) -> tuple[Outcome, Feedback | None]:
    """Return what a test's entry in a report says; anything unexpected is the grader's error."""
    if entry is None:
        return Outcome.GRADER_ERROR, _GRADER_FAULT
    stages = [
        entry[stage].get("outcome") if isinstance(entry.get(stage), dict) else None
        for stage in ("setup", "call", "teardown")
    ]
    if stages == ["passed"] * 3:
        return Outcome.PASSED, None
    metadata = entry.get("metadata")
    verdict = metadata.get("verdict") if isinstance(metadata, dict) else None
    if stages not in (["passed", "failed", "passed"], ["failed", None, "passed"]):
        return Outcome.GRADER_ERROR, _GRADER_FAULT
    if not isinstance(verdict, dict):
        return Outcome.GRADER_ERROR, _GRADER_FAULT
    try:
        return Outcome(verdict["outcome"]), Feedback.model_validate(verdict["feedback"])
    except (KeyError, ValueError, ValidationError):
        return Outcome.GRADER_ERROR, _GRADER_FAULT
