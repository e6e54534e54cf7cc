"""Reads the results of a class run and joins them with the roster: a row for each student."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from autograder.course.class_run import ATTEMPTS
from autograder.course.results import FEEDBACK, RESULTS
from autograder.errors import AutograderError
from autograder.gradebook.book import roster_file
from autograder.gradebook.database import StudentPoints
from autograder.gradebook.entries import (
    NOTHING_GRADABLE,
    NOTHING_MARKED,
    NOTHING_NOTED,
    BookEntry,
    StudentRecord,
    entries_of,
)
from autograder.gradebook.handins import HANDINS_FILE, Handin, read_handins
from autograder.gradebook.off_roster import off_roster_line
from autograder.gradebook.people_points import read_points
from autograder.gradebook.result_files import RESULTS as BOOK_RESULTS
from autograder.gradebook.result_files import names_of_results
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.standing import Standing, StandingStatus
from autograder.gradebook.student import Student
from autograder.gradebook.ungraded import read_ungraded
from autograder.gradebook.withdrawals import read_reasons
from autograder.grading.grade import Grade, Outcome, Status, decided_points
from autograder.grading.results import read_result
from autograder.policy import EVERYTHING_COUNTS, Policy
from autograder.text import in_csv

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
    UNGRADED = StandingStatus.UNGRADED.value
    NOTHING_GRADABLE = NOTHING_GRADABLE
    """There is a hand-in, but it lacks everything that tests look at."""
    UNTRIED = "only the stubs"
    """What was handed in is what was handed out."""
    TOO_LATE = StandingStatus.TOO_LATE.value
    """After the last day for late work: it has 0 points, and nothing that is open would count."""
    EXCUSED = StandingStatus.EXCUSED.value


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
    """As it counts: with people's marks and without dropped tests; None without a result."""
    attempts: tuple[float, ...]
    """The share of the points that each attempt got, oldest first, the current one included."""
    page: str | None
    """Path of the feedback page, relative to the results."""
    standing: Standing | None = None
    """Points after the penalty, and what decides them; `read_class` always knows it."""

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
    """The rows of a class, and a line for each result that could not be read.

    With a roster, they are those of its students.
    """

    rows: tuple[Row, ...]
    oddities: tuple[str, ...]
    assignment: str
    """Id of the assignment."""
    off_roster: str = ""
    """A line on people with results or marks who are not in the roster, nor among the rows."""


def read_class(
    folder: Path,
    gradebook: Path | None = None,
    policy: Policy = EVERYTHING_COUNTS,
    assignment: str | None = None,
    on_read: Callable[[], None] = lambda: None,
) -> ClassResults:
    """Read the results of a class.

    Args:
        folder: The folder that `grade-class` wrote, or one with a JSON file for each student.
        gradebook: A gradebook's folder; who is in the class may also follow from the policy.
        policy: The course's.
        assignment: Id of the assignment whose results are read; by default the first result's.
        on_read: Called after each result.

    Raises:
        AutograderError: The folder is missing; the roster has mistakes; the folder contains no
            result, and it is not known who is in the class or which assignment it is.
    """
    results = folder / RESULTS if (folder / RESULTS).is_dir() else folder
    if not results.is_dir():
        raise AutograderError(f"{folder} is not a folder: give what `grade-class` wrote")
    roster = None
    if gradebook is not None:
        file = roster_file(gradebook, policy)
        roster = read_roster(file, encoding=policy.roster_encoding)
    grades: dict[str, Grade] = {}
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
        grades[path.stem] = grade
    if assignment is None or not (grades or roster):
        raise AutograderError("\n".join([f"{results} holds no result", *oddities]))
    ungraded = _ungraded(results, gradebook)
    points = read_points(gradebook, assignment) if gradebook and roster else {}
    enrolled: Mapping[str, Student] = {}
    off_roster = ""
    if gradebook is not None and roster is not None:
        enrolled = {student.id: student for student in roster.students}
        off_roster = off_roster_line(
            [
                *(name for name in grades if roster.find(name) is None),
                *names_of_results(gradebook / BOOK_RESULTS),
            ],
            points,
            roster,
            roster_file(gradebook, policy),
        )
        grades = _of_students(grades, roster)
        ungraded = {name: why for name, why in ungraded.items() if name in enrolled}
    records = _records(grades, enrolled, gradebook, roster, points, ungraded)
    attempts = _read_attempts(folder / ATTEMPTS)
    rows = [
        _row(entry, attempts, folder, enrolled=entry.student.id in enrolled)
        for entry in entries_of(records, policy, ())
    ]
    return ClassResults(tuple(rows), tuple(oddities), assignment, off_roster)


def _of_students(grades: Mapping[str, Grade], roster: Roster) -> dict[str, Grade]:
    """Return the grades of the roster's students by id; one under another key is their last."""
    by_id = {
        student.id: grade
        for name, grade in grades.items()
        if (student := roster.find(name)) is not None
    }
    return by_id | {name: grade for name, grade in grades.items() if name in by_id}


def _records(
    grades: Mapping[str, Grade],
    enrolled: Mapping[str, Student],
    gradebook: Path | None,
    roster: Roster | None,
    points: Mapping[str, StudentPoints],
    ungraded: Mapping[str, str],
) -> list[StudentRecord]:
    """Return what is on record of each student who is enrolled or handed in, by id."""
    handins: Mapping[str, Handin] = {}
    if gradebook is not None and roster is not None:
        handins = read_handins(gradebook / HANDINS_FILE, roster)
    return [
        StudentRecord(
            # Without a roster, ids are the names of folders, which are not all fit for a roster.
            enrolled.get(name) or Student.model_construct(id=name),
            grades.get(name),
            handins.get(name, NOTHING_NOTED),
            points.get(name, NOTHING_MARKED),
            ungraded=None if name in grades else ungraded.get(name),
        )
        for name in sorted({*grades, *enrolled, *ungraded})
    ]


def _ungraded(results: Path, gradebook: Path | None) -> dict[str, str]:
    """Return why hand-ins lack a grade, by student; the class run knows better than the book."""
    listed = read_ungraded(results)
    kept = {} if gradebook is None else read_reasons(gradebook)
    return {name: reason for name, reason in kept.items() if name not in listed} | {
        name: row.why for name, row in listed.items() if row.may_have_handed_in
    }


def _row(
    entry: BookEntry,
    attempts: Mapping[str, list[float]],
    folder: Path,
    *,
    enrolled: bool,
) -> Row:
    student, standing, grade = entry.student, entry.standing, entry.grade
    page = f"{FEEDBACK}/{student.id}.html"
    is_known = standing.due is not None and standing.handed_in_at is not None
    earlier = attempts.get(in_csv(student.id), ())[-MOST_ATTEMPTS:] if grade else ()
    return Row(
        id=student.id,
        name=student.full_name,
        state=_state(entry),
        enrolled=enrolled,
        late=standing.days_late > 0 if is_known else None,
        grade=grade,
        standing=standing,
        attempts=(*earlier, *(_last_attempt(grade) if grade else ())),
        page=page if (folder / page).is_file() else None,
    )


def _state(entry: BookEntry) -> State:
    if entry.standing.excused:
        return State.EXCUSED
    if entry.grade is None:
        is_missing = entry.standing.ungraded is None
        return State.MISSING if is_missing else State.UNGRADED
    if entry.has_nothing_gradable:
        return State.NOTHING_GRADABLE
    return state_of(entry.grade) if entry.standing.counts else State.TOO_LATE


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
