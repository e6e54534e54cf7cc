"""What a gradebook knows of each student, put together: the grade, people's marks, the standing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from autograder.assignment import Checkpoint
from autograder.errors import GradebookError
from autograder.gradebook.database import RemainingPoints, StudentPoints
from autograder.gradebook.handins import Handin
from autograder.gradebook.marks import impossible_points, to_mark, to_mark_again, with_marks
from autograder.gradebook.rulings import under_rulings
from autograder.gradebook.standing import (
    CheckpointPoints,
    Standing,
    standing_of,
    standing_without_grade,
)
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade, Outcome, without_closed_verdicts
from autograder.lateness import after_penalty
from autograder.policy import Policy
from autograder.text import counted

NOTHING_MARKED, NOTHING_NOTED = StudentPoints(), Handin()
NOTHING_GRADABLE = "nothing gradable"
"""The state of a hand-in that lacks all graded files, or all functions that tests call."""


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
    ungraded: str | None = None
    """Why a hand-in lacks a grade; None if it is graded, or if nothing was handed in."""


@dataclass(frozen=True)
class BookEntry:
    """One student of the gradebook, all that is known put together."""

    record: StudentRecord
    """What this was put together from."""
    grade: Grade | None
    """The last one, with people's marks and the course's rulings in it; None if there is none."""
    standing: Standing
    to_mark: tuple[str, ...] = ()
    """Ids of open answers that nobody has marked, or that were changed since."""
    to_mark_again: tuple[str, ...] = ()
    """Those of them that were changed since."""

    @property
    def student(self) -> Student:
        """Who it is about."""
        return self.record.student

    @property
    def state(self) -> str:
        """How the student stands; `nothing gradable` goes before a status that is not *excused*."""
        is_empty = self.has_nothing_gradable and not self.standing.excused
        return NOTHING_GRADABLE if is_empty else self.standing.status.value

    @property
    def has_nothing_gradable(self) -> bool:
        """Whether what was handed in lacks everything that tests look at."""
        graded = self.record.grade  # a ruling gives points for what is not there
        return graded is not None and all(
            test.outcome is Outcome.MISSING
            for checkpoint in graded.checkpoints
            for test in checkpoint.tests
        )


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

    Raises:
        GradebookError: People gave points that cannot be.
    """
    return _with_grade(StudentRecord(student, grade, handin, points), grade, policy)


def _with_grade(record: StudentRecord, grade: Grade, policy: Policy) -> BookEntry:
    check_points([record])
    final = under_rulings(with_marks(grade, record.points), policy.tests)
    standing = standing_of(record.student, final, record.handin, policy)
    entry = BookEntry(record, final, standing)
    if not standing.counts or standing.excused:
        return entry
    waiting = [test for test in to_mark(grade, record.points) if test not in policy.tests]
    again = [test for test in to_mark_again(grade, record.points) if test in waiting]
    return replace(entry, to_mark=tuple(waiting), to_mark_again=tuple(again))


def check_points(records: Iterable[StudentRecord]) -> None:
    """Refuse points given by people that are below 0 or above the maximum.

    Raises:
        GradebookError: A line for each.
    """
    lines = [
        f"{record.student.id} {line}"
        for record in records
        if record.grade is not None
        for line in impossible_points(record.grade, record.points)
    ]
    if lines:
        raise GradebookError(
            "\n".join([f"{counted(len(lines), 'mark')} cannot be: correct in formgrader:", *lines])
        )


def seen_by_student(entry: BookEntry, policy: Policy, moment: datetime) -> BookEntry:
    """Return an entry as its student may see it: without verdicts that are withheld.

    Args:
        entry: The student's.
        policy: The course's.
        moment: When it is seen.
    """
    record = entry.record
    if record.grade is None or policy.withheld_until(record.student, moment) is None:
        return entry
    return _with_grade(record, without_closed_verdicts(record.grade), policy)


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
    check_points(records)
    graded = {
        record.student.id: _with_grade(record, record.grade, policy)
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
    is_missing = not record.is_outdated and record.ungraded is None
    standing = standing_without_grade(
        record.student,
        checkpoints,
        record.handin,
        policy,
        is_missing=is_missing,
        score=0.0 if is_missing and missing_is_zero else None,
        ungraded=record.ungraded,
    )
    return BookEntry(record, None, standing)
