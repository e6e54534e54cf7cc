"""Points in nbgrader's database: those of hidden tests are written, those of people only read.

Two of nbgrader's assignments share it. `m06-code` has a cell for each checkpoint, with the points
that the hidden tests gave; `m06-concepts` is the notebook whose open answers are marked in
formgrader. They are never mixed: nbgrader sets points of files that it does not find to zero.

What lateness costs is in nbgrader's own field for it, so that formgrader and `nbgrader export` show
our totals. It has that field in each assignment, takes it off that assignment's points, and never
goes below zero. So neither can carry the whole: each carries the penalty on its own points.
"""

import os
import sqlite3
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from autograder.errors import GradebookError

NOTEBOOK = "checkpoints"
BUSY_SECONDS = 60
"""How long to wait while another program writes, such as formgrader."""


@dataclass(frozen=True)
class MachinePoints:
    """What the hidden tests gave for one checkpoint."""

    checkpoint: str
    score: float
    """The points that are decided."""
    max_score: float
    comment: str
    is_open: bool = False
    """Whether the grader failed at some of its tests, whose points are not decided."""


@dataclass(frozen=True)
class Mark:
    """The points that a person gave for one open answer."""

    score: float
    comment: str
    is_stale: bool
    """Whether the answer was changed since, and should be marked again."""
    extra_credit: float = 0.0
    """The part of the points that may go beyond the most points of the answer."""


@dataclass(frozen=True)
class StudentPoints:
    """Everything that people gave one student; what the hidden tests gave is in the grade."""

    by_hand: Mapping[str, float] = field(default_factory=dict)
    """Points of the hidden tests by checkpoint, where a person set them."""
    extra_credit: Mapping[str, float] = field(default_factory=dict)
    """Points by checkpoint that a person gave in addition."""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """By the open answer's cell, for answers that somebody has marked."""
    marked_notebook: str | None = None
    """Digest of the notebook that markers see; None if that is not known."""


@dataclass(frozen=True)
class RemainingPoints:
    """What remains of a student's points after the penalty, in each of the two assignments."""

    code: float
    written: float


class Database:
    """nbgrader's gradebook, opened for one piece of work.

    Args:
        gradebook: `nbgrader.api.Gradebook`.
        code: Name of the assignment that takes the hidden tests' points.
        written: Name of the one whose open answers are marked by people.
    """

    def __init__(self, gradebook: Any, code: str, written: str) -> None:
        self._book = gradebook
        self._code = code
        self._written = written

    def prepare(self, maxima: Mapping[str, float], deadline: datetime | None) -> None:
        """Make the assignment and a cell for each checkpoint, or bring them up to date.

        Cells must be there before the first submission, which gets those that exist.
        """
        assignment = self._book.update_or_create_assignment(self._code)
        assignment.duedate = _naive(deadline) if deadline else None
        self._book.update_or_create_notebook(NOTEBOOK, self._code)
        for checkpoint, most in maxima.items():
            place = (checkpoint, NOTEBOOK, self._code)
            self._book.update_or_create_grade_cell(*place, max_score=most, cell_type="code")
            self._book.update_or_create_solution_cell(*place)  # comments hang on it

    def write(
        self,
        student: str,
        names: Mapping[str, str],
        points: Sequence[MachinePoints],
        remaining: RemainingPoints,
        handed_in_at: datetime | None,
        extension: timedelta | None,
    ) -> None:
        """Write one student's points, all or nothing; people's marks stay as they are.

        Args:
            student: The student's id.
            names: `first_name`, `last_name`, `email`, as far as known.
            points: The points of each checkpoint that was graded.
            remaining: What remains of all points.
            handed_in_at: When it was handed in.
            extension: How much later than others' work it is due.
        """
        self._book.update_or_create_student(student, **names)
        submission = self._book.update_or_create_submission(self._code, student)
        submission.timestamp = _naive(handed_in_at) if handed_in_at else None
        submission.extension = extension or None
        (notebook,) = submission.notebooks
        grades = {grade.name: grade for grade in notebook.grades}
        comments = {comment.name: comment for comment in notebook.comments}
        for given in points:
            grade = grades[given.checkpoint]
            grade.auto_score = given.score
            # Points that a person set stay, so that nobody needs to look again.
            grade.needs_manual_grade = given.is_open and grade.manual_score is None
            comments[given.checkpoint].auto_comment = given.comment
        _take_off(notebook, remaining.code)
        for marked in self._notebooks(self._written, student):
            _take_off(marked, remaining.written)
        self._book.db.commit()

    def withdraw(self, student: str) -> None:
        """Take back all that was written for a student; people's marks stay as they are."""
        for notebook in self._notebooks(self._code, student):
            notebook.assignment.timestamp = None
            notebook.late_submission_penalty = None
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = None, False
            for comment in notebook.comments:
                comment.auto_comment = None
        for marked in self._notebooks(self._written, student):
            marked.late_submission_penalty = None
        self._book.db.commit()

    def read(self) -> dict[str, StudentPoints]:
        """Read what people gave each student, by id."""
        code = self._submissions(self._code)
        written = self._submissions(self._written)
        return {
            student.id: StudentPoints(
                by_hand=_by_hand(code.get(student.id)),
                extra_credit=_extra_credit(code.get(student.id)),
                marks=_marks(written.get(student.id)),
            )
            for student in self._book.students
        }

    def has_assignment(self, name: str) -> bool:
        """Whether the database has an assignment of that name."""
        return any(assignment.name == name for assignment in self._book.assignments)

    def _notebooks(self, assignment: str, student: str) -> Sequence[Any]:
        """Return the notebooks of one student in an assignment: one, or none yet."""
        from nbgrader.api import MissingEntry

        try:
            return list(self._book.find_submission(assignment, student).notebooks)
        except MissingEntry:
            return ()

    def _submissions(self, assignment: str) -> dict[str, Any]:
        if not self.has_assignment(assignment):
            return {}
        found = self._book.find_assignment(assignment).submissions
        return {submission.student_id: submission for submission in found}


def _take_off(notebook: Any, remaining: float) -> None:
    """Set nbgrader's penalty of a notebook so that `remaining` points are left."""
    points = sum(
        (grade.auto_score if grade.manual_score is None else grade.manual_score) or 0.0
        for grade in notebook.grades
    ) + sum(grade.extra_credit or 0.0 for grade in notebook.grades)
    # Below zero where a test is given to all whose points nbgrader takes from a person's mark.
    notebook.late_submission_penalty = round(points - remaining, 4) or None


def _grades(submission: Any) -> Iterator[Any]:
    if submission is not None:
        for notebook in submission.notebooks:
            yield from notebook.grades


def _by_hand(submission: Any) -> dict[str, float]:
    return {
        grade.name: grade.manual_score
        for grade in _grades(submission)
        if grade.manual_score is not None
    }


def _extra_credit(submission: Any) -> dict[str, float]:
    return {grade.name: grade.extra_credit for grade in _grades(submission) if grade.extra_credit}


def _marks(submission: Any) -> dict[str, Mark]:
    if submission is None:
        return {}
    return {
        grade.name: Mark(
            score=grade.manual_score + (grade.extra_credit or 0.0),
            comment=comments.get(grade.name, ""),
            is_stale=grade.needs_manual_grade,
            extra_credit=grade.extra_credit or 0.0,
        )
        for notebook in submission.notebooks
        for comments in [{comment.name: comment.comment or "" for comment in notebook.comments}]
        for grade in notebook.grades
        if grade.manual_score is not None
    }


def _naive(moment: datetime) -> datetime:
    """Return a moment as nbgrader keeps it: in UTC, without a time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


@contextmanager
def open_database(path: Path, code: str, written: str) -> Iterator[Database]:
    """Open the database, and make it if it does not exist.

    Raises:
        GradebookError: nbgrader is not installed, or the file cannot be used; nothing is changed.
    """
    with open_nbgrader(path) as gradebook:
        yield Database(gradebook, code, written)


@contextmanager
def open_nbgrader(path: Path) -> Iterator[Any]:
    """Open a database as nbgrader's own `Gradebook`, and make it if it does not exist.

    Raises:
        GradebookError: nbgrader is not installed, or the file cannot be used; nothing is changed.
    """
    try:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SAWarning, SQLAlchemyError
    except ImportError:
        raise GradebookError(
            "the gradebook needs nbgrader: install the extra `gradebook`"
        ) from None
    require_sound(path)
    with warnings.catch_warnings():
        # "Object of type <SubmittedAssignment> not in session": nbgrader's way, harmless.
        warnings.simplefilter("ignore", SAWarning)
        try:
            with _our_programs_found():
                if not path.exists():
                    # Made aside: a file without all tables would be of an unknown version.
                    part = path.with_name(f".{path.name}.part")
                    part.unlink(missing_ok=True)
                    Gradebook(_url(part), course_id="course").close()
                    part.rename(path)
                with Gradebook(_url(path), course_id="course") as gradebook:
                    yield gradebook
        except SQLAlchemyError as error:
            raise GradebookError(f"{path}: {_reason(error)}") from None


def _url(path: Path) -> str:
    return f"sqlite:///{path.resolve()}?timeout={BUSY_SECONDS}"


@contextmanager
def _our_programs_found() -> Iterator[None]:
    """Let nbgrader find `alembic`, which it starts by name when it makes a database."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _reason(error: Exception) -> str:
    """Return SQLite's reason in one line, with what to do."""
    text = str(getattr(error, "orig", None) or error)
    if "readonly" in text or "read-only" in text:
        return "the database can only be read: make it and its folder writable"
    if "locked" in text:
        return "another program is writing to it: close formgrader, or try again"
    if "disk is full" in text:
        return "the disk is full: make room, then do it again"
    return f"the database cannot be used: {text.splitlines()[0][:200]}"


def require_sound(path: Path) -> None:
    """Raise an error if a file exists and is not a sound database.

    Raises:
        GradebookError: It is damaged.
    """
    if not path.exists():
        return
    try:
        # Not read-only: what a killed run left half-written is rolled back first.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise GradebookError(
            f"{path}: the database is damaged ({str(found)[:100]}): put its last backup "
            "(gradebook.db.before-sync) in its place; marks by machine come back with a sync"
        )


def back_up(path: Path, copy: Path) -> None:
    """Copy a database as it is, if it exists.

    Args:
        path: Its file.
        copy: The file to write, in the same folder.

    Raises:
        GradebookError: It cannot be read or written.
    """
    if not path.exists():
        return
    part = copy.with_name(f"{copy.name}.part")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        part.replace(copy)
    except (sqlite3.Error, OSError) as error:
        raise GradebookError(f"{path}: cannot be backed up: {error}") from None
