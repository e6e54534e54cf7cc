"""A gradebook's folder: who is in the course, their grades, and the marks that people gave.

    roster.csv               who is in the course; any form that `roster` knows
    handins.csv              when each handed in, who is excused; optional
    results/ID.json          the last grade of each student, as `autograder grade` wrote it
    gradebook.db             nbgrader's database: points by machine and by people
    source/, submitted/ ...  nbgrader's folders, for marking open answers in formgrader

The points of the hidden tests can be written again at any time. The marks that people gave are in
the database alone, and nothing here ever changes them.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import GradebookError
from autograder.gradebook.database import Database, StudentPoints, open_database, require_sound
from autograder.gradebook.entries import BookEntry, entry_of
from autograder.gradebook.handins import HANDINS_FILE, Handin, read_handins, write_handins
from autograder.gradebook.marks import machine_maximum, machine_points
from autograder.gradebook.result_files import read_results
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade
from autograder.grading.results import write_result

DATABASE = "gradebook.db"
BACKUP = f"{DATABASE}.before-sync"
ROSTER = "roster.csv"
RESULTS = "results"


@dataclass(frozen=True)
class Synced:
    """What a sync did."""

    written: tuple[str, ...]
    """Ids of the students whose points were written."""
    problems: tuple[str, ...]
    """A line for each result that could not be taken; the others were."""


class Book:
    """One assignment's gradebook.

    Args:
        folder: Its folder, as described above.
        assignment: The assignment whose points it holds.
    """

    def __init__(self, folder: Path, assignment: Assignment) -> None:
        self.folder = folder
        self.assignment = assignment
        short = assignment.id.split("_")[0]
        self.code_assignment = f"{short}-code"
        self.notebook_assignment = f"{short}-concepts"

    @property
    def database(self) -> Path:
        """The file of nbgrader's database."""
        return self.folder / DATABASE

    def roster(self) -> Roster:
        """Read who is in the course.

        Raises:
            RosterError: The roster is missing, or has mistakes.
        """
        return read_roster(self.folder / ROSTER)

    def sync(
        self,
        results: Iterable[Path],
        deadline: datetime | None = None,
        on_student: Callable[[], None] = lambda: None,
    ) -> Synced:
        """Write results into the gradebook; writing the same ones again changes nothing.

        A result's file is named after its student. One that cannot be taken stops no other.

        Args:
            results: Files of JSON, or folders of them.
            deadline: From when on a submission is late; kept for later syncs.
            on_student: Called after each.

        Raises:
            GradebookError: The folder or the database cannot be used.
            RosterError: The roster is wrong.
        """
        roster = self.roster()
        with self._locked():
            handins = read_handins(self.folder / HANDINS_FILE, roster)
            taken, problems = read_results(results, self.assignment, roster)
            require_sound(self.database)
            self._back_up()
            with self._open() as database:
                database.prepare(self._maxima(taken.values()), deadline)
                for student_id, grade in taken.items():
                    student = _known(roster, student_id)
                    handin = handins.get(student_id, Handin())
                    database.write(
                        student_id, _names(student), machine_points(grade), handin.handed_in_at
                    )
                    self._keep(student_id, grade)
                    on_student()
        return Synced(tuple(sorted(taken)), problems)

    def hand_in(self, student_id: str, grade: Grade, handin: Handin) -> None:
        """Keep a grade and when its work was handed in, for the next sync.

        A student who is excused stays excused.

        Args:
            student_id: The student.
            grade: The grade of what was handed in.
            handin: When it was handed in, and which commit it is.

        Raises:
            GradebookError: The folder cannot be used.
            RosterError: The roster is wrong.
        """
        roster = self.roster()
        with self._locked():
            known = read_handins(self.folder / HANDINS_FILE, roster)
            self._keep(student_id, grade)
            self._note(known, {student_id: handin})

    def note_handins(self, handins: Mapping[str, Handin]) -> None:
        """Keep when work was handed in, for the next sync.

        Students who are excused stay excused.

        Args:
            handins: By student id.

        Raises:
            GradebookError: The folder cannot be used.
            RosterError: The roster is wrong.
        """
        roster = self.roster()
        with self._locked():
            self._note(read_handins(self.folder / HANDINS_FILE, roster), handins)

    def entries(self, *, missing_is_zero: bool = False) -> tuple[BookEntry, ...]:
        """Return what is known of each student of the roster.

        Args:
            missing_is_zero: Whether a student who handed in nothing has 0 points, not none.

        Raises:
            GradebookError: Something of the folder cannot be read.
            RosterError: The roster is wrong.
        """
        roster = self.roster()
        handins = read_handins(self.folder / HANDINS_FILE, roster)
        known: Mapping[str, StudentPoints] = {}
        if self.database.exists():
            with self._open() as database:
                known = database.read()
        return tuple(
            entry_of(
                student,
                self.folder / RESULTS / f"{student.id}.json",
                known.get(student.id),
                handins.get(student.id, Handin()),
                self.assignment,
                missing_is_zero=missing_is_zero,
            )
            for student in roster.students
        )

    def _maxima(self, grades: Iterable[Grade]) -> dict[str, float]:
        """Return the most points that hidden tests can give for each checkpoint."""
        maxima = {
            checkpoint.id: float(checkpoint.points) for checkpoint in self.assignment.checkpoints
        }
        for grade in grades:
            for checkpoint in grade.checkpoints:
                maxima[checkpoint.id] = machine_maximum(checkpoint)
        return maxima

    def _note(self, known: Mapping[str, Handin], handins: Mapping[str, Handin]) -> None:
        noted = dict(known)
        for student_id, handin in handins.items():
            excused = handin.excused or noted.get(student_id, Handin()).excused
            noted[student_id] = handin.model_copy(update={"excused": excused})
        if noted != known:
            write_handins(self.folder / HANDINS_FILE, noted)

    def _keep(self, student_id: str, grade: Grade) -> None:
        folder = self.folder / RESULTS
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise GradebookError(f"{folder}: cannot be made: {error.strerror}") from None
        write_result(folder / f"{student_id}.json", grade)

    @contextmanager
    def _open(self) -> Iterator[Database]:
        with open_database(
            self.database, self.code_assignment, self.notebook_assignment
        ) as database:
            yield database

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock of this folder; the kernel frees it if its process is killed."""
        lock = self.folder / ".lock"
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise GradebookError(f"{self.folder}: cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _back_up(self) -> None:
        """Copy the database as it is before a sync."""
        if not self.database.exists():
            return
        part = self.folder / f"{BACKUP}.part"
        try:
            with (
                closing(sqlite3.connect(self.database)) as source,
                closing(sqlite3.connect(part)) as target,
            ):
                source.backup(target)
            part.replace(self.folder / BACKUP)
        except (sqlite3.Error, OSError) as error:
            raise GradebookError(f"{self.database}: cannot be backed up: {error}") from None


def _names(student: Student) -> dict[str, str]:
    first, last = student.parted_name
    names = {"first_name": first, "last_name": last, "email": student.email}
    return {key: value for key, value in names.items() if value}


def _known(roster: Roster, student_id: str) -> Student:
    student = roster.find(student_id)
    assert student is not None
    return student
