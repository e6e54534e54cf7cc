"""What a gradebook knows of each student, put together: the grade, people's marks, the standing."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.assignment import Checkpoint
from autograder.gradebook.database import RemainingPoints, StudentPoints
from autograder.gradebook.handins import Handin
from autograder.gradebook.marks import to_mark, with_marks
from autograder.gradebook.rulings import under_rulings
from autograder.gradebook.standing import (
    CheckpointPoints,
    Standing,
    standing_of,
    standing_without_grade,
)
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade
from autograder.lateness import after_penalty
from autograder.policy import Policy

NOTHING_MARKED, NOTHING_NOTED = StudentPoints(), Handin()


@dataclass(frozen=True)
class StudentRecord:
    """What is on record of one student."""

    student: Student
    grade: Grade | None
    """As the grader wrote it; None if there is none that can be read."""
    handin: Handin = NOTHING_NOTED
    points: StudentPoints = NOTHING_MARKED
    """What people gave."""
    is_outdated: bool = False
    """Whether there is a grade that an earlier version of the grader wrote."""


@dataclass(frozen=True)
class BookEntry:
    """One student of the gradebook, all that is known put together."""

    student: Student
    grade: Grade | None
    """The last one, with people's marks and the course's rulings in it; None if there is none."""
    standing: Standing
    to_mark: tuple[str, ...]
    """Ids of open answers that nobody has marked, or that were changed since."""


def entry_of(
    student: Student,
    grade: Grade,
    handin: Handin,
    policy: Policy,
    points: StudentPoints = NOTHING_MARKED,
) -> BookEntry:
    """Put together what is known of a student who has a grade.

    Args:
        student: Who.
        grade: As the grader wrote it.
        handin: When the work was handed in.
        policy: The course's.
        points: What people gave.
    """
    final = under_rulings(with_marks(grade, points), policy.tests)
    standing = standing_of(student, final, handin, policy)
    waiting = [test for test in to_mark(grade, points) if test not in policy.tests]
    counts = standing.counts and not standing.excused
    return BookEntry(student, final, standing, tuple(waiting) if counts else ())


def entries_of(
    records: Sequence[StudentRecord],
    policy: Policy,
    checkpoints: Sequence[Checkpoint],
    *,
    missing_is_zero: bool = False,
) -> tuple[BookEntry, ...]:
    """Put together what is known of each student of a class.

    Args:
        records: What is on record, a student each.
        policy: The course's.
        checkpoints: Those of the assignment.
        missing_is_zero: Whether a student who handed in nothing has 0 points, not none.
    """
    graded = {
        record.student.id: entry_of(
            record.student, record.grade, record.handin, policy, record.points
        )
        for record in records
        if record.grade is not None
    }
    # The most points of a checkpoint depend on the tests that are dropped, which grades know.
    points = next((entry.standing.checkpoints for entry in graded.values()), _ungraded(checkpoints))
    return tuple(
        graded.get(record.student.id)
        or _without_grade(record, policy, points, missing_is_zero=missing_is_zero)
        for record in records
    )


def remaining_points(entry: BookEntry) -> RemainingPoints:
    """Return what remains of a student's points after the penalty, by whose they are."""
    if entry.grade is None:
        return RemainingPoints(0.0, 0.0)
    standing = entry.standing
    by_people = sum(
        test.score
        for checkpoint in entry.grade.checkpoints
        for test in checkpoint.tests
        if test.marked_by == "person"
    )
    written = after_penalty(by_people, standing.penalty_percent)
    return RemainingPoints(standing.so_far_after_penalty - written, written)


def _ungraded(checkpoints: Sequence[Checkpoint]) -> tuple[CheckpointPoints, ...]:
    return tuple(
        CheckpointPoints(
            id=checkpoint.id, title=checkpoint.title, score=None, max_score=checkpoint.points
        )
        for checkpoint in checkpoints
    )


def _without_grade(
    record: StudentRecord,
    policy: Policy,
    checkpoints: Sequence[CheckpointPoints],
    *,
    missing_is_zero: bool,
) -> BookEntry:
    is_missing = not record.is_outdated
    standing = standing_without_grade(
        record.student,
        checkpoints,
        record.handin,
        policy,
        is_missing=is_missing,
        score=0.0 if is_missing and missing_is_zero else None,
    )
    return BookEntry(record.student, None, standing, ())
