"""A gradebook's folder: who is in the course, their grades, and the marks that people gave.

    roster.csv               who is in the course; any form that `roster` knows
    handins.csv              when each handed in, and what; optional
    results/ID.json          the last grade of each student, as `autograder grade` wrote it
    ungraded.csv             who may have handed in without a grade, and why
    gradebook.db             nbgrader's database: points by machine and by people
    source/, autograded/ ... nbgrader's folders, for marking open answers in formgrader
    markers/NAME/            the points of one of several markers

The points of the hidden tests can be written again at any time. The marks that people gave are in
the database alone, and nothing here ever changes them. What a course decides is in its policy.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import GradebookError
from autograder.files import locked_folder, remove_leftovers
from autograder.gradebook.database import (
    Database,
    StudentPoints,
    back_up,
    open_database,
    require_sound,
)
from autograder.gradebook.entries import (
    NOTHING_MARKED,
    NOTHING_NOTED,
    BookEntry,
    StudentRecord,
    check_points,
    entries_of,
    entry_of,
    remaining_points,
)
from autograder.gradebook.handins import HANDINS_FILE, Handin, note_in_handins, read_handins
from autograder.gradebook.marks import machine_maximum, machine_points
from autograder.gradebook.off_roster import off_roster_line
from autograder.gradebook.people_points import (
    DATABASE,
    names_in_database,
    read_points,
    with_copies,
)
from autograder.gradebook.result_files import RESULTS, names_of_results, read_results
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.rulings import counted_twice, under_rulings
from autograder.gradebook.student import Student
from autograder.gradebook.withdrawals import (
    find_ungraded,
    keep_ungraded,
    left_alone,
    looked_at,
    read_reasons,
    remove_results,
    taken_back,
    withdrawn_line,
)
from autograder.grading.grade import Grade
from autograder.grading.results import EarlierVersionError, load_grade, write_result
from autograder.policy import EVERYTHING_COUNTS, Policy

BACKUP = f"{DATABASE}.before-sync"
ROSTER = "roster.csv"


@dataclass(frozen=True)
class Synced:
    """What a sync did."""

    written: tuple[str, ...]
    """Ids of the students whose points were written."""
    problems: tuple[str, ...]
    """A line for each result that could not be taken; the others were."""
    warnings: tuple[str, ...] = ()
    """A line for each thing that a person should check."""
    off_roster: str = ""
    """A line on people with results or marks who are not in the roster; empty if nobody is."""


class Book:
    """One assignment's gradebook.

    Args:
        folder: Its folder, as described above.
        assignment: The assignment whose points it holds.
        policy: The course's.
    """

    def __init__(
        self, folder: Path, assignment: Assignment, policy: Policy = EVERYTHING_COUNTS
    ) -> None:
        self.folder = folder
        self.assignment = assignment
        self.policy = policy
        self.code_assignment, self.notebook_assignment = names_in_database(assignment.id)

    @property
    def database(self) -> Path:
        """The file of nbgrader's database."""
        return self.folder / DATABASE

    def roster(self) -> Roster:
        """Read who is in the course.

        Raises:
            RosterError: The roster is missing, or has mistakes.
        """
        return read_roster(self._roster_file, encoding=self.policy.roster_encoding)

    def handins(self) -> Mapping[str, Handin]:
        """Read when each student handed in, by id.

        Raises:
            GradebookError: The file has mistakes.
            RosterError: The roster is wrong.
        """
        return read_handins(self.folder / HANDINS_FILE, self.roster())

    def sync(
        self,
        results: Sequence[Path],
        on_student: Callable[[], None] = lambda: None,
    ) -> Synced:
        """Write results into the gradebook; writing the same ones again changes nothing.

        A result's file is named after its student. A result that cannot be taken does not stop the
        others. What follows from the results of earlier syncs is written again, since the policy
        or a mark may have changed. Earlier results may be withdrawn (see `taken_back`).

        Args:
            results: Files of JSON, or folders of them.
            on_student: Called after each.

        Raises:
            GradebookError: The folder or the database cannot be used.
            RosterError: The roster is wrong.
        """
        roster = self.roster()
        with self._locked():
            handins = read_handins(self.folder / HANDINS_FILE, roster)
            read = read_results(results, self.assignment, roster)
            taken = read.taken
            kept = self._kept_grades(roster)
            listed = find_ungraded(results, roster)
            ungraded = taken_back(listed, kept, taken)
            require_sound(self.database)
            back_up(self.database, self.folder / BACKUP)
            grades = {**{name: kept[name] for name in kept if name not in ungraded}, **taken}
            names = names_in_database(self.assignment.id)
            with open_database(self.database, *names) as database:
                known = with_copies(database.read(), self.folder, self.assignment.id)
                check_points(
                    StudentRecord(_known(roster, name), grade, points=known[name])
                    for name, grade in grades.items()
                    if name in known
                )
                database.prepare(self._maxima(grades.values()), self.policy.due(None))
                for student_id, grade in grades.items():
                    student = _known(roster, student_id)
                    self._write(
                        database,
                        student,
                        grade,
                        handins.get(student_id, NOTHING_NOTED),
                        known.get(student_id, NOTHING_MARKED),
                    )
                    if student_id in taken:
                        self._keep(student_id, grade)
                        on_student()
                for student_id in ungraded:
                    database.withdraw(student_id)
            keep_ungraded(self.folder, ungraded, graded=taken)
            removed = remove_results({name: self._result_file(name) for name in ungraded})
        warnings = [withdrawn_line(name, known.get(name, NOTHING_MARKED)) for name in removed]
        warnings += left_alone(looked_at(listed) - ungraded.keys() - taken.keys(), kept)
        warnings += [
            f"{name} {line}"
            for name, grade in sorted(grades.items())
            for line in counted_twice(grade, known.get(name, NOTHING_MARKED), self.policy.tests)
        ]
        graded = [*read.strangers, *names_of_results(self.folder / RESULTS)]
        off_roster = off_roster_line(graded, known, roster, self._roster_file)
        problems = read.problems
        if read.strangers and not taken:  # all are results of another class
            problems, off_roster = (*problems, off_roster), ""
        return Synced(tuple(sorted(taken)), problems, tuple(warnings), off_roster)

    def off_roster_line(self) -> str:
        """Say who has results or marks here, but is not in the roster; empty if nobody is."""
        graded = names_of_results(self.folder / RESULTS)
        return off_roster_line(graded, self.points(), self.roster(), self._roster_file)

    def hand_in(self, student_id: str, grade: Grade, handin: Handin) -> None:
        """Keep a grade and when its work was handed in, for the next sync.

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
            read_handins(self.folder / HANDINS_FILE, roster)  # a mistake in it ends it here
            self._keep(student_id, grade)
            keep_ungraded(self.folder, {}, graded=[student_id])
            note_in_handins(self.folder / HANDINS_FILE, roster, {student_id: handin})

    def note_handins(self, handins: Mapping[str, Handin]) -> None:
        """Keep when work was handed in, for the next sync.

        Args:
            handins: By student id.

        Raises:
            GradebookError: The folder cannot be used.
            RosterError: The roster is wrong.
        """
        roster = self.roster()
        with self._locked():
            note_in_handins(self.folder / HANDINS_FILE, roster, handins)

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
        known, ungraded = self.points(), read_reasons(self.folder)
        records = [
            self._record(
                student,
                handins.get(student.id, NOTHING_NOTED),
                known.get(student.id, NOTHING_MARKED),
                ungraded.get(student.id),
            )
            for student in roster.students
        ]
        return entries_of(
            records, self.policy, self.assignment.checkpoints, missing_is_zero=missing_is_zero
        )

    def points(self) -> Mapping[str, StudentPoints]:
        """Return what people gave each student, by id; empty until the database exists.

        Raises:
            GradebookError: The database cannot be used.
        """
        return read_points(self.folder, self.assignment.id)

    def _record(
        self, student: Student, handin: Handin, points: StudentPoints, ungraded: str | None
    ) -> StudentRecord:
        result = self._result_file(student.id)
        if not result.exists():
            return StudentRecord(student, None, handin, points, ungraded=ungraded)
        try:
            grade = load_grade(result)
        except EarlierVersionError:
            return StudentRecord(student, None, handin, points, is_outdated=True)
        return StudentRecord(student, grade, handin, points)

    def _write(
        self,
        database: Database,
        student: Student,
        grade: Grade,
        handin: Handin,
        points: StudentPoints,
    ) -> None:
        """Write what the hidden tests gave a student, and what remains after the penalty."""
        entry = entry_of(student, grade, handin, self.policy, points)
        extension, deadline = self.policy.extension_of(student), self.policy.due(None)
        database.write(
            student.id,
            student.known_names,
            machine_points(under_rulings(grade, self.policy.tests)),
            remaining_points(entry),
            handin.handed_in_at,
            extension.astimezone(UTC) - deadline if extension and deadline else None,
        )

    def _maxima(self, grades: Iterable[Grade]) -> dict[str, float]:
        """Return the most points that hidden tests can give for each checkpoint."""
        maxima = {
            checkpoint.id: float(checkpoint.points) for checkpoint in self.assignment.checkpoints
        }
        for grade in grades:
            for checkpoint in under_rulings(grade, self.policy.tests).checkpoints:
                maxima[checkpoint.id] = machine_maximum(checkpoint)
        return maxima

    def _kept_grades(self, roster: Roster) -> dict[str, Grade]:
        """Return the grades of earlier syncs that can still be read."""
        files = [self._result_file(student.id) for student in roster.students]
        kept = read_results([file for file in files if file.exists()], self.assignment, roster)
        return dict(kept.taken)

    @property
    def _roster_file(self) -> Path:
        return roster_file(self.folder, self.policy)

    def _result_file(self, student_id: str) -> Path:
        return self.folder / RESULTS / f"{student_id}.json"

    def _keep(self, student_id: str, grade: Grade) -> None:
        file = self._result_file(student_id)
        try:
            file.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise GradebookError(f"{file.parent}: cannot be made: {error.strerror}") from None
        write_result(file, grade)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the folder, and remove what a killed run left among the results."""
        with locked_folder(self.folder, wait=True):
            remove_leftovers(self.folder / RESULTS)
            yield


def _known(roster: Roster, student_id: str) -> Student:
    student = roster.find(student_id)
    assert student is not None
    return student


def roster_file(folder: Path, policy: Policy) -> Path:
    """Return where it says who is in the course: in the gradebook's folder, else by the policy."""
    own = folder / ROSTER
    return own if own.exists() or policy is EVERYTHING_COUNTS else policy.roster
