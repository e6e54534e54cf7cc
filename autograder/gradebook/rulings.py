"""Applies a course's rulings to a grade: hidden tests that are dropped, or given to all."""

from collections.abc import Iterator, Mapping

from autograder.gradebook.database import StudentPoints
from autograder.grading.grade import Grade, GradedCheckpoint, GradedTest, Outcome, checkpoint_of
from autograder.policy import Ruling
from autograder.text import counted, decimal_text


def under_rulings(grade: Grade, rulings: Mapping[str, Ruling]) -> Grade:
    """Return a grade as it counts: without dropped tests, with the points of those given to all.

    A note in the grade tells the student of each. A correction that a person made to the points of
    a whole checkpoint stays as the difference that it made.

    Args:
        grade: The grade of what was handed in, with people's marks if there are any.
        rulings: By test; those of tests that the grade does not have do nothing.
    """
    notes = tuple(_notes(grade, rulings))
    if not notes:
        return grade
    checkpoints = tuple(_ruled(checkpoint, rulings) for checkpoint in grade.checkpoints)
    submission = grade.submission
    return grade.model_copy(
        update={
            "checkpoints": checkpoints,
            "score": sum(checkpoint.score for checkpoint in checkpoints),
            "max_score": sum(checkpoint.max_score for checkpoint in checkpoints),
            "submission": submission.model_copy(update={"notes": (*notes, *submission.notes)}),
        }
    )


def counted_twice(
    grade: Grade, known: StudentPoints, rulings: Mapping[str, Ruling]
) -> Iterator[str]:
    """Say where points may count twice: set by hand, and given to everybody as well.

    A person who knew that a test was wrong may have given its points before the course ruled on it.
    """
    for checkpoint in grade.checkpoints:
        for test in checkpoint.tests:
            if (
                checkpoint.id in known.by_hand
                and rulings.get(test.id) is Ruling.FULL
                and test.score < test.max_score
            ):
                yield (
                    f"{checkpoint.id}: set by hand to {decimal_text(known.by_hand[checkpoint.id])},"
                    f" and [tests] adds {counted(test.max_score, 'point')} for {test.id}: check"
                    " that they do not count twice"
                )


def _ruled(checkpoint: GradedCheckpoint, rulings: Mapping[str, Ruling]) -> GradedCheckpoint:
    if not any(test.id in rulings for test in checkpoint.tests):
        return checkpoint
    tests = tuple(
        _with_all_points(test) if test.id in rulings else test
        for test in checkpoint.tests
        if rulings.get(test.id) is not Ruling.DROPPED
    )
    ruled = checkpoint_of(checkpoint.id, checkpoint.title, tests)
    by_person = checkpoint.score - sum(test.score for test in checkpoint.tests)
    beyond = max(0.0, checkpoint.score - checkpoint.max_score)  # extra credit
    score = min(max(ruled.score + by_person, 0.0), ruled.max_score + beyond)
    return ruled.model_copy(update={"score": score if by_person else ruled.score})


def _with_all_points(test: GradedTest) -> GradedTest:
    update = {"outcome": Outcome.PASSED, "score": test.max_score, "feedback": None}
    return test.model_copy(update=update)


def _notes(grade: Grade, rulings: Mapping[str, Ruling]) -> Iterator[str]:
    """Say which tests of a grade a ruling changes, in sentences for the student."""
    for checkpoint in grade.checkpoints:
        for test in checkpoint.tests:
            worth = counted(test.max_score, "point")
            name = f"The test {test.requirement} {test.title!r} ({worth})"
            if rulings.get(test.id) is Ruling.DROPPED:
                yield f"{name} was dropped: it counts for nobody."
            elif rulings.get(test.id) is Ruling.FULL:
                yield f"{name} was corrected: everybody gets its points."
