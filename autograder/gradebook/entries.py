"""What a gradebook knows of one student, put together: the grade, people's marks, the standing."""

from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.gradebook.database import StudentPoints
from autograder.gradebook.handins import Handin
from autograder.gradebook.marks import to_mark, with_marks
from autograder.gradebook.standing import CheckpointPoints, Standing, points_of
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade
from autograder.grading.results import EarlierVersionError, load_grade


@dataclass(frozen=True)
class BookEntry:
    """One student of the gradebook, all that is known put together."""

    student: Student
    grade: Grade | None
    """The last one, with people's marks in it; None if nothing was graded."""
    standing: Standing
    to_mark: tuple[str, ...]
    """Ids of open answers that nobody has marked, or that were changed since."""


def entry_of(
    student: Student,
    result: Path,
    known: StudentPoints | None,
    handin: Handin,
    assignment: Assignment,
    *,
    missing_is_zero: bool,
) -> BookEntry:
    """Put together what is known of a student.

    Args:
        student: Who.
        result: The file of the last grade; it need not exist.
        known: What the database has of the student.
        handin: When work was handed in.
        assignment: What was to be handed in.
        missing_is_zero: Whether a student who handed in nothing has 0 points, not none.

    Raises:
        AutograderError: The file cannot be read.
    """
    if not (result.exists() and known and known.checkpoints):
        nothing = 0.0 if missing_is_zero else None
        return _without_grade(student, handin, assignment, nothing, missing=True)
    try:
        grade = load_grade(result)
    except EarlierVersionError:
        return _without_grade(student, handin, assignment, None, missing=False)
    marked = with_marks(grade, known)
    return BookEntry(
        student,
        marked,
        Standing(
            student=student,
            checkpoints=tuple(points_of(checkpoint) for checkpoint in marked.checkpoints),
            handed_in_at=known.handed_in_at,
            late_seconds=known.late_seconds,
            excused=handin.excused,
            commit=handin.commit or grade.submission.commit,
            repository=handin.repository,
        ),
        to_mark(grade, known),
    )


def _without_grade(
    student: Student,
    handin: Handin,
    assignment: Assignment,
    score: float | None,
    *,
    missing: bool,
) -> BookEntry:
    """Make the entry of a student of whom no grade can be read; all points may be open."""
    checkpoints = tuple(
        CheckpointPoints(
            id=checkpoint.id,
            title=checkpoint.title,
            score=score,
            max_score=checkpoint.points,
            open_points=0.0 if missing else checkpoint.points,
        )
        for checkpoint in assignment.checkpoints
    )
    standing = Standing(
        student=student,
        checkpoints=checkpoints,
        handed_in_at=None if missing else handin.handed_in_at,
        excused=handin.excused,
        missing=missing,
        commit=handin.commit,
        repository=handin.repository,
    )
    return BookEntry(student, None, standing, ())
