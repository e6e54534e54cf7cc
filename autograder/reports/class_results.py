"""Reads the results of a class run and joins them with the roster: a row for each student."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from autograder.course.class_run import ATTEMPTS, FEEDBACK
from autograder.course.results import RESULTS
from autograder.errors import AutograderError
from autograder.gradebook.handins import HANDINS_FILE, Handin, read_handins
from autograder.gradebook.roster import read_roster
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade, Outcome, Status, decided_points
from autograder.grading.results import read_result
from autograder.text import in_csv

ROSTER = "roster.csv"
MOST_ATTEMPTS = 50
"""Of one student, the last ones: more make no readable trend."""
LARGEST = 20 << 20
"""Bytes of `attempts.csv`; a line has some 20."""
MOST_POINTS = 1e6
"""A result with more was not written by the grader."""


class State(StrEnum):
    """How far a student's grade is decided."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete: the grader failed"
    """At some tests, whose points are neither given nor lost."""
    WAITING = "waits for a person"
    MISSING = "not handed in"
    EXCUSED = "excused"


@dataclass(frozen=True)
class Row:
    """One student of the report."""

    id: str
    name: str
    """Empty without a roster."""
    state: State
    enrolled: bool
    """Whether the student is in the roster; False for all without a roster."""
    late: bool | None
    """None if the deadline, or the time of the hand-in, is not known."""
    grade: Grade | None
    """None if nothing was handed in."""
    attempts: tuple[float, ...]
    """The share of the points that each attempt got, oldest first, the current one included."""
    page: str | None
    """Path of the feedback page, relative to the results."""

    @property
    def shown_name(self) -> str:
        """The name with the id, or the id alone."""
        return f"{self.name} ({self.id})" if self.name else self.id

    @property
    def unreadable(self) -> int:
        """Tests that could not read what the code left behind: an instructor should look."""
        return self.grade.count(Outcome.UNREADABLE) if self.grade else 0


@dataclass(frozen=True)
class ClassResults:
    """The rows of a class, and a line for each result that could not be read."""

    rows: tuple[Row, ...]
    oddities: tuple[str, ...]


@dataclass(frozen=True)
class _Enrolment:
    """The roster and the hand-ins of a gradebook's folder."""

    students: Mapping[str, Student]
    handins: Mapping[str, Handin]


def read_class(
    folder: Path,
    gradebook: Path | None = None,
    deadline: datetime | None = None,
    assignment: str | None = None,
    on_read: Callable[[], None] = lambda: None,
) -> ClassResults:
    """Read the results of a class.

    Args:
        folder: The folder that `grade-class` wrote, or one with a JSON file for each student.
        gradebook: A folder with `roster.csv`, and optionally `handins.csv`.
        deadline: From when on a hand-in is late.
        assignment: Id of the assignment whose results are read; by default the first result's.
        on_read: Called after each result.

    Raises:
        AutograderError: The folder is missing or contains no result; the roster has mistakes.
    """
    results = folder / RESULTS if (folder / RESULTS).is_dir() else folder
    if not results.is_dir():
        raise AutograderError(f"{folder} is not a folder: give what `grade-class` wrote")
    course = _read_course(gradebook)
    attempts = _read_attempts(folder / ATTEMPTS)
    rows: dict[str, Row] = {}
    oddities = []
    for path in sorted(results.glob("*.json")):
        grade = read_result(path)
        on_read()
        if grade is None:
            oddities.append(f"{path.name}: is not a result, or is broken")
            continue
        if not _has_sound_points(grade):
            oddities.append(f"{path.name}: holds impossible points")
            continue
        assignment = assignment or grade.assignment
        if grade.assignment != assignment:
            oddities.append(f"{path.name}: is a result of {grade.assignment}, not of {assignment}")
            continue
        if course.students and path.stem not in course.students:
            oddities.append(f"{path.name}: {path.stem} is not in {ROSTER}")
        rows[path.stem] = _row(path.stem, grade, course, deadline, attempts, folder)
    if not rows:
        raise AutograderError("\n".join([f"{results} holds no result", *oddities]))
    for student in course.students.values():
        if student.id not in rows:
            excused = course.handins.get(student.id, Handin()).excused
            state = State.EXCUSED if excused else State.MISSING
            rows[student.id] = Row(
                student.id,
                student.full_name,
                state,
                enrolled=True,
                late=None,
                grade=None,
                attempts=(),
                page=None,
            )
    return ClassResults(tuple(rows[name] for name in sorted(rows)), tuple(oddities))


def _row(
    student: str,
    grade: Grade,
    course: _Enrolment,
    deadline: datetime | None,
    attempts: Mapping[str, list[float]],
    folder: Path,
) -> Row:
    handin = course.handins.get(student, Handin())
    page = f"{FEEDBACK}/{student}.html"
    known = course.students.get(student)
    return Row(
        id=student,
        name=known.full_name if known else "",
        state=State.EXCUSED if handin.excused else state_of(grade),
        enrolled=known is not None,
        late=handin.handed_in_at > deadline if deadline and handin.handed_in_at else None,
        grade=grade,
        attempts=(*attempts.get(in_csv(student), ())[-MOST_ATTEMPTS:], *_last_attempt(grade)),
        page=page if (folder / page).is_file() else None,
    )


def state_of(grade: Grade) -> State:
    """Return the state of the checkpoint that is furthest from decided."""
    if grade.is_incomplete:
        return State.INCOMPLETE
    states = {checkpoint.status for checkpoint in grade.checkpoints}
    return State.WAITING if Status.UNMARKED in states else State.COMPLETE


def share_of(grade: Grade) -> float:
    """Return the share of the decided points that a grade has, from 0 to 1."""
    given, most = decided_points(grade)
    return min(1.0, given / most) if most > 0 else 0.0


def _last_attempt(grade: Grade) -> Iterator[float]:
    """Yield the share of the decided points, unless none are decided."""
    if decided_points(grade)[1] > 0:
        yield share_of(grade)


def _has_sound_points(grade: Grade) -> bool:
    """Whether all points are possible; otherwise the grader did not write the file."""
    tests = [test for checkpoint in grade.checkpoints for test in checkpoint.tests]
    points = [
        (grade.score, grade.max_score),
        *((checkpoint.score, checkpoint.max_score) for checkpoint in grade.checkpoints),
        *((test.score, test.max_score) for test in tests),
    ]
    return all(0 <= given <= most <= MOST_POINTS for given, most in points)


def _read_course(gradebook: Path | None) -> _Enrolment:
    if gradebook is None:
        return _Enrolment({}, {})
    roster = read_roster(gradebook / ROSTER)
    return _Enrolment(
        {student.id: student for student in roster.students},
        read_handins(gradebook / HANDINS_FILE, roster),
    )


def _read_attempts(path: Path) -> Mapping[str, list[float]]:
    """Read earlier scores, one on a line; lines of another form are ignored."""
    found: dict[str, list[float]] = {}
    for student, score, most in _lines(path):
        try:
            share = float(score) / float(most)
        except (ValueError, ZeroDivisionError):
            continue
        if 0 <= share <= 1:
            found.setdefault(student, []).append(share)
    return found


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        if path.stat().st_size > LARGEST:
            return
        rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error):
        return
    yield from ((row[0], row[1], row[2]) for row in rows[1:] if len(row) == 3)
