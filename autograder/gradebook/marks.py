"""Joins the points of hidden tests and of people: into a grade to show, and points to export."""

import math
from collections.abc import Sequence

from autograder.feedback.content import points, state
from autograder.gradebook.database import MachinePoints, StudentPoints
from autograder.grading.grade import (
    Feedback,
    Grade,
    GradedCheckpoint,
    GradedTest,
    Outcome,
    checkpoint_of,
)

LONGEST_COMMENT = 4000
"""Characters: a line for each test of a checkpoint that lost points."""


def with_marks(grade: Grade, known: StudentPoints) -> Grade:
    """Put people's marks into a grade: for open answers, and where a checkpoint was changed."""
    checkpoints = tuple(_marked(checkpoint, known) for checkpoint in grade.checkpoints)
    return grade.model_copy(
        update={
            "checkpoints": checkpoints,
            "score": sum(checkpoint.score for checkpoint in checkpoints),
        }
    )


def _marked(checkpoint: GradedCheckpoint, known: StudentPoints) -> GradedCheckpoint:
    tests = tuple(_marked_test(test, known) for test in checkpoint.tests)
    by_machine = sum(test.score for test in tests if test.marked_by == "machine")
    by_people = sum(test.score for test in tests if test.marked_by == "person")
    decided = known.by_hand.get(checkpoint.id)
    if decided is not None:
        tests = _closed(tests, decided - by_machine)
        by_machine = decided
    marked = checkpoint_of(checkpoint.id, checkpoint.title, tests)
    by_machine += known.extra_credit.get(checkpoint.id, 0.0)
    return marked.model_copy(update={"score": by_machine + by_people})


def _closed(tests: Sequence[GradedTest], points: float) -> tuple[GradedTest, ...]:
    """Decide the tests that the grader failed at, once a person set the checkpoint's points.

    Args:
        tests: Those of the checkpoint.
        points: What the person gave beyond the other tests' points, shared out in order.
    """
    closed = []
    for test in tests:
        if test.outcome is Outcome.GRADER_ERROR and test.marked_by == "machine":
            score = min(max(points, 0.0), test.max_score)
            points -= score
            full = math.isclose(score, test.max_score)
            feedback = Feedback(asked="", came_back="A person has decided the points of this test.")
            test = test.model_copy(
                update={
                    "outcome": Outcome.PASSED if full else Outcome.WRONG,
                    "score": score,
                    "feedback": None if full else feedback,
                }
            )
        closed.append(test)
    return tuple(closed)


def _marked_test(test: GradedTest, known: StudentPoints) -> GradedTest:
    """Give an open answer the points of its mark, if a person has marked it."""
    mark = known.marks.get(cell_of(test)) if test.marked_by == "person" else None
    if mark is None:
        return test
    full = mark.score >= test.max_score
    feedback = test.feedback
    if feedback is not None:
        came_back = mark.comment.strip() or "A person has read and marked your answer."
        feedback = feedback.model_copy(update={"came_back": came_back, "hint": None})
    return test.model_copy(
        update={
            "outcome": Outcome.PASSED if full else Outcome.WRONG,
            "score": mark.score,
            "feedback": feedback if mark.comment.strip() or not full else None,
        }
    )


def cell_of(test: GradedTest) -> str:
    """Return the id of the notebook's cell that an open answer's test looks at."""
    return test.id.partition("/")[2].replace("_", "-")


def to_mark(grade: Grade, known: StudentPoints) -> tuple[str, ...]:
    """List the open answers that nobody has marked, or that were changed since they were."""
    open_tests = [
        test
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.marked_by == "person"
    ]
    return tuple(
        test.id
        for test in open_tests
        for mark in [known.marks.get(cell_of(test))]
        if (mark is None and test.outcome is Outcome.UNMARKED) or (mark and mark.is_stale)
    )


def machine_points(grade: Grade) -> list[MachinePoints]:
    """Return the points that go into the database, for each checkpoint."""
    return [
        MachinePoints(
            checkpoint=checkpoint.id,
            score=sum(test.score for test in checkpoint.tests if test.marked_by == "machine"),
            max_score=machine_maximum(checkpoint),
            comment=_comment(checkpoint),
            is_open=any(
                test.outcome is Outcome.GRADER_ERROR and test.marked_by == "machine"
                for test in checkpoint.tests
            ),
        )
        for checkpoint in grade.checkpoints
    ]


def machine_maximum(checkpoint: GradedCheckpoint) -> float:
    """Return the most points that hidden tests can give for a checkpoint."""
    return sum(test.max_score for test in checkpoint.tests if test.marked_by == "machine")


def _comment(checkpoint: GradedCheckpoint) -> str:
    """Say in a few lines where points were lost, for people who look into nbgrader."""
    lines = [f"{points(checkpoint)} {state(checkpoint)}".strip()]
    lines += [
        f"{test.requirement} {test.title}: {test.outcome.value}"
        for test in checkpoint.tests
        if test.score < test.max_score
    ]
    return "\n".join(lines)[:LONGEST_COMMENT]
