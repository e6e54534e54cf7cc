"""What every form shows of a grade, in the same words; how it looks is each form's own."""

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from autograder.feedback.inert import inert
from autograder.grading.grade import (
    Anomaly,
    Feedback,
    Grade,
    GradedCheckpoint,
    GradedTest,
    LogPicture,
    Outcome,
    Status,
    Witnesses,
)

LONGEST_TITLE = 200
LONGEST_TRACE = 6
MOST_RECORDS = 5
LONGEST_RECORD = 100
MOST_MORE = 1_000_000
MOST_NOTES = 21
"""As many as intake writes: 20, and a line for the rest."""


class Detail(StrEnum):
    """How much of a grade students are shown; each shows what the one below does, and more."""

    FULL = "full"
    TITLES = "titles"
    """Which tests gave points, but not why others did not."""
    SCORE = "score"
    """The points of each checkpoint."""


WITHOUT_JAIL = "Graded without a jail (--no-jail): for trusted code only."

# A file of the student's repository and a place in it; never another site or a scheme.
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,99}(#[A-Za-z0-9_-]{1,99})?")


def notes_of(grade: Grade) -> list[str]:
    """List what was left out of a submission and why: inert lines, and not too many of them."""
    return [inert(note) for note in grade.submission.notes[:MOST_NOTES]]


def by_cause(tests: Sequence[GradedTest]) -> list[list[GradedTest]]:
    """Put tests together that lost for one reason, so that a student reads it once.

    One reason is: the same thing came back, or the same advice helps with the same requirement.
    """
    seen = Counter(_came_back(test) for test in tests)
    groups: dict[object, list[GradedTest]] = {}
    for test in tests:
        if test.feedback is None or test.outcome is Outcome.UNMARKED:
            key: object = test.id
        elif seen[_came_back(test)] > 1 or not test.feedback.hint:
            key = _came_back(test)
        else:
            key = (test.outcome, test.requirement, test.feedback.hint)
        groups.setdefault(key, []).append(test)
    return list(groups.values())


def shared(tests: Sequence[GradedTest]) -> str:
    """Say what the tests of one group have in common: `cause` or `advice`."""
    return "cause" if _came_back(tests[0]) == _came_back(tests[1]) else "advice"


def _came_back(test: GradedTest) -> tuple[Outcome, str | None]:
    return (test.outcome, test.feedback.came_back if test.feedback else None)


def without_points(checkpoint: GradedCheckpoint) -> list[list[GradedTest]]:
    """Take the tests that gave no points, by cause: lost ones and those not decided yet."""
    return by_cause([test for test in checkpoint.tests if test.outcome is not Outcome.PASSED])


def picture_in(tests: Sequence[GradedTest]) -> LogPicture | None:
    """Take the drawing of tests that lost for one reason: the first there is."""
    pictures = (test.feedback.log for test in tests if test.feedback)
    return next((one for one in pictures if one is not None), None)


def feedback_lines(feedback: Feedback) -> list[tuple[str, str]]:
    """Write feedback as lines of a label and a text, each inert, and not too many of them."""
    lines = [("asked", inert(feedback.asked)), ("got", inert(feedback.came_back))]
    if feedback.expected:
        lines.append(("expected", inert(feedback.expected)))
    lines += [(one.anomaly.value, _listed(one)) for one in feedback.witnesses[: len(Anomaly)]]
    lines += [("at", inert(line)) for line in feedback.trace[-LONGEST_TRACE:]]
    if feedback.hint:
        lines.append(("hint", inert(feedback.hint)))
    if feedback.handout:
        lines.append(("handout", inert(feedback.handout)))
    return lines


def _listed(witnesses: Witnesses) -> str:
    records = witnesses.records[:MOST_RECORDS]
    listed = ", ".join(inert(record, LONGEST_RECORD) for record in records)
    more = min(witnesses.total - len(records), MOST_MORE)
    return f"{listed} and {more} more" if more > 0 else listed


def handout_link(handout: str, files_at: str) -> str | None:
    """Write where the handout can be read; None where it is no plain place in a repository.

    Args:
        handout: A file and a place in it, such as `README.md#r2`.
        files_at: What to put in front, such as `https://github.com/ORG/NAME/blob/COMMIT/`; may be
            empty where the form is read beside the student's files.
    """
    return f"{files_at}{handout}" if _PLACE.fullmatch(handout) else None


def state(checkpoint: GradedCheckpoint) -> str:
    """Say in a few words whether a checkpoint's points stand."""
    if checkpoint.status is Status.UNGRADED:
        return "ungraded: the grader failed, no points are lost"
    if checkpoint.status is Status.UNMARKED:
        waiting = sum(
            test.max_score for test in checkpoint.tests if test.outcome is Outcome.UNMARKED
        )
        return f"{waiting:g} points wait for a person"
    return "complete" if checkpoint.score == checkpoint.max_score else "points lost"


def undecided(grade: Grade) -> str:
    """Say how many points are neither given nor lost; empty where all are decided."""
    waiting = sum(
        test.max_score
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.outcome in (Outcome.UNMARKED, Outcome.GRADER_ERROR)
    )
    return f"{waiting:g} points not decided yet" if waiting else ""


def points(scored: Grade | GradedCheckpoint | GradedTest) -> str:
    """Write a score and what it could have been: `3 / 5`."""
    return f"{scored.score:g} / {scored.max_score:g}"


def passed(checkpoint: GradedCheckpoint) -> str:
    """Write how many tests passed, of how many: `4/5`."""
    won = sum(test.outcome is Outcome.PASSED for test in checkpoint.tests)
    return f"{won}/{len(checkpoint.tests)}"
