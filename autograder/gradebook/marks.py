"""Joins the points of hidden tests and of people: into a grade to show, and points to export."""

import math
from collections.abc import Collection, Iterator, Sequence

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
from autograder.text import counted, decimal_text

LONGEST_COMMENT = 4000
"""Characters: a line for each test of a checkpoint that lost points."""
TINY = 1e-6
"""Less than this is a difference of adding up."""
CHANGED = "Your answer has changed since it was marked. A person marks it again."


def with_marks(grade: Grade, known: StudentPoints) -> Grade:
    """Put people's marks into a grade: for open answers, and where a checkpoint was changed.

    An answer that was changed after it was marked is undecided until it is marked again.
    """
    again = to_mark_again(grade, known)
    checkpoints = tuple(_marked(checkpoint, known, again) for checkpoint in grade.checkpoints)
    return grade.model_copy(
        update={
            "checkpoints": checkpoints,
            "score": sum(checkpoint.score for checkpoint in checkpoints),
        }
    )


def impossible_points(grade: Grade, known: StudentPoints) -> Iterator[str]:
    """Say which points given by people are below 0 or above the maximum, a line each.

    nbgrader takes any number; points meant to go beyond the maximum are extra credit there.
    """
    for checkpoint in grade.checkpoints:
        given = [(checkpoint.id, known.by_hand.get(checkpoint.id), machine_maximum(checkpoint))]
        for test in checkpoint.tests:
            mark = known.marks.get(cell_of(test)) if test.marked_by == "person" else None
            if mark is not None:
                given.append((cell_of(test), mark.score - mark.extra_credit, test.max_score))
        for name, score, most in given:
            if score is not None and not -TINY < score < most + TINY:
                yield f"{name}: {decimal_text(score)} of {counted(most, 'point')}"


def _marked(
    checkpoint: GradedCheckpoint, known: StudentPoints, again: Collection[str]
) -> GradedCheckpoint:
    tests = tuple(_marked_test(test, known, again) for test in checkpoint.tests)
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


def _marked_test(test: GradedTest, known: StudentPoints, again: Collection[str]) -> GradedTest:
    """Give an open answer the points of its mark, if a person has marked it as it is now."""
    mark = known.marks.get(cell_of(test)) if test.marked_by == "person" else None
    if mark is None:
        return test
    feedback = test.feedback or Feedback(asked="", came_back="")
    if test.id in again:
        feedback = feedback.model_copy(update={"came_back": CHANGED, "hint": None})
        update = {"outcome": Outcome.UNMARKED, "score": 0.0, "feedback": feedback}
        return test.model_copy(update=update)
    if test.outcome is Outcome.MISSING:
        return test  # the answer that was marked is not there any more
    came_back = mark.comment.strip()
    return test.model_copy(
        update={
            "outcome": Outcome.PASSED if mark.score >= test.max_score else Outcome.WRONG,
            "score": mark.score,
            "feedback": feedback.model_copy(update={"came_back": came_back, "hint": None}),
        }
    )


def cell_of(test: GradedTest) -> str:
    """Return the id of the notebook's cell that an open answer's test looks at."""
    return cell_name(test.id)


def cell_name(test: str) -> str:
    """Return the id of the notebook's cell that a test looks at: `c1-why` for `concepts/c1_why`."""
    return test.partition("/")[2].replace("_", "-")


def to_mark(grade: Grade, known: StudentPoints) -> tuple[str, ...]:
    """List the open answers that nobody has marked, or that were changed since they were."""
    again = to_mark_again(grade, known)
    return tuple(
        test.id
        for test in _open_answers(grade)
        if test.id in again
        or (test.outcome is Outcome.UNMARKED and cell_of(test) not in known.marks)
    )


def to_mark_again(grade: Grade, known: StudentPoints) -> tuple[str, ...]:
    """List the open answers that were changed since they were marked.

    If the markers saw another notebook than the one that was graded, it may be any of them.
    """
    is_other = known.marked_notebook not in (None, _notebook_of(grade))
    return tuple(
        test.id
        for test in _open_answers(grade)
        for mark in [known.marks.get(cell_of(test))]
        if mark is not None
        and (mark.is_stale or is_other)
        and test.outcome in (Outcome.UNMARKED, Outcome.UNIMPLEMENTED)
    )


def _open_answers(grade: Grade) -> Iterator[GradedTest]:
    for checkpoint in grade.checkpoints:
        yield from (test for test in checkpoint.tests if test.marked_by == "person")


def _notebook_of(grade: Grade) -> str | None:
    """Return the digest of the notebook that was graded; None if there was none."""
    files = grade.submission.files.items()
    return next((digest for name, digest in files if name.endswith(".ipynb")), None)


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
