"""A made class of any size at the end of a term, and what each student must end up with.

The oracle is written apart from the code: it knows a student's fate from the dice, and adds up in
decimal fractions.
"""

import csv
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from autograder.gradebook.book import Book
from autograder.grading.grade import Outcome
from autograder.policy import read_policy
from autograder.tests.gradebook.students import ASSIGNMENT, PLAN, a_grade, write_result

DUE = datetime(2024, 12, 1, 22, 0, tzinfo=UTC)  # over, so that nothing is withheld from students
GRACE = timedelta(minutes=15)
DAY = timedelta(days=1)
DROPPED, GIVEN = "writer/create_returns_once_active", "replay/replay_of_nothing"
OPEN_TESTS = [test.id for test in PLAN.tests if test.marked_by == "person"]
COURSE_FILE = f"""
timezone = "UTC"
{{excused}}
[deadline]
at = {DUE:%Y-%m-%dT%H:%M:%S}
grace_minutes = 15
[late]
percent_per_day = 10
days = 3
[tests]
"{DROPPED}" = "dropped"
"{GIVEN}" = "full"
[extensions]
{{extensions}}
"""


@dataclass(frozen=True)
class MadeStudent:
    """What happened to one student."""

    id: str
    handed_in_at: datetime | None
    """None: nothing was handed in."""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    marks: Mapping[str, float] = field(default_factory=dict)
    """By open test; those that are not there wait for a person."""
    extended_to: datetime | None = None
    excused: bool = False

    @property
    def days_late(self) -> int:
        """Days begun after the student's own deadline."""
        late_by = (self.handed_in_at or DUE) - (self.extended_to or DUE)
        return math.ceil(late_by / DAY) if late_by > GRACE else 0

    @property
    def counts(self) -> bool:
        """Whether it came within the days for late work."""
        return self.days_late <= 3

    @property
    def percent(self) -> int:
        """What lateness takes off."""
        return 10 * self.days_late if self.counts else 100

    def points(self, *, marked: bool = True) -> Decimal:
        """Add up what was given, before the penalty; with people's marks or without."""
        points = Decimal(0)
        for test in PLAN.tests:
            if test.id == DROPPED or self.handed_in_at is None:
                continue
            if test.marked_by == "person":
                points += Decimal(str(self.marks.get(test.id, 0))) if marked else 0
            elif test.id == GIVEN or self.outcomes.get(test.id) in (None, Outcome.PASSED):
                points += Decimal(str(test.points))
        return points

    def remaining(self, *, marked: bool = True) -> Decimal:
        """Take the penalty off."""
        return self.points(marked=marked) * (100 - self.percent) / 100

    @property
    def is_open(self) -> bool:
        """Whether some points are not decided."""
        failed = {test for test, outcome in self.outcomes.items() if outcome is GRADER_ERROR}
        waiting = [test for test in OPEN_TESTS if test not in self.marks]
        return self.handed_in_at is not None and bool(waiting or failed - {DROPPED, GIVEN})

    @property
    def total(self) -> Decimal | None:
        """The final points; None if there are none, or not yet."""
        if self.excused or self.handed_in_at is None:
            return None
        if not self.counts:
            return Decimal(0)
        return None if self.is_open else self.remaining()

    @property
    def status(self) -> str:
        """Why there is a total, or none."""
        if self.excused:
            return "excused"
        if self.handed_in_at is None:
            return "missing"
        if not self.counts:
            return "too late"
        return "undecided" if self.total is None else "complete"


GRADER_ERROR = Outcome.GRADER_ERROR
MOST = sum((Decimal(str(test.points)) for test in PLAN.tests if test.id != DROPPED), Decimal(0))


def made_class(students: int, seed: int) -> list[MadeStudent]:
    """Throw the dice for a class."""
    rng = random.Random(seed)
    return [_made_student(rng, number) for number in range(students)]


def _made_student(rng: random.Random, number: int) -> MadeStudent:
    name = f"student-{number:03}"
    extended_to = DUE + rng.randrange(1, 8) * DAY if rng.random() < 0.15 else None
    excused = rng.random() < 0.06
    if rng.random() < 0.1:
        return MadeStudent(name, None, extended_to=extended_to, excused=excused)
    late_by = rng.choice(
        [
            *([-DAY, -timedelta(seconds=1), timedelta(), GRACE] * 2),
            *(GRACE + timedelta(seconds=1), DAY, DAY + timedelta(seconds=1)),
            *(3 * DAY, 3 * DAY + timedelta(seconds=1), 5 * DAY),
        ]
    )
    skill = rng.betavariate(5, 2)
    outcomes = {
        test.id: Outcome.WRONG
        for test in PLAN.tests
        if test.marked_by == "machine" and rng.random() > skill
    }
    if rng.random() < 0.05:
        outcomes[rng.choice([DROPPED, GIVEN, "reader/oldest_records_come_first"])] = GRADER_ERROR
    marked = OPEN_TESTS if rng.random() < 0.8 else OPEN_TESTS[: rng.randrange(4)]
    most = {test.id: test.points for test in PLAN.tests}
    marks = {test: rng.randrange(int(2 * most[test]) + 1) / 2 for test in marked}
    at = (extended_to or DUE) + late_by
    return MadeStudent(name, at, outcomes, marks, extended_to, excused)


def write_course(folder: Path, students: Sequence[MadeStudent]) -> Path:
    """Write a course's file, roster, results and gradebook, with the marks; return the file."""
    course = folder / "course"
    (course / "gradebook").mkdir(parents=True)
    excused = ", ".join(f'"{student.id}"' for student in students if student.excused)
    extensions = "\n".join(
        f"{student.id} = {student.extended_to:%Y-%m-%dT%H:%M:%S}"
        for student in students
        if student.extended_to
    )
    file = course / "course.toml"
    file.write_text(COURSE_FILE.format(excused=f"excused = [{excused}]", extensions=extensions))
    with (course / "roster.csv").open("w", newline="") as roster:
        rows = csv.writer(roster)
        rows.writerow(["id", "name", "email", "login", "canvas_id", "username", "idnumber"])
        rows.writerows(
            [name, f"Name {name}", f"{name}@x.org", name, 1000 + number, name, 5000 + number]
            for number, student in enumerate(students)
            for name in [student.id]
        )
    with (course / "gradebook" / "handins.csv").open("w", newline="") as handins:
        csv.writer(handins).writerows(
            [
                ("student", "handed_in_at"),
                *((s.id, s.handed_in_at.isoformat()) for s in students if s.handed_in_at),
            ]
        )
    for student in students:
        if student.handed_in_at:
            write_result(folder / "results", student.id, a_grade(student.outcomes))
    book = Book(course / "gradebook", ASSIGNMENT, read_policy(file))
    book.sync([folder / "results"])
    _mark(book, students)
    return file


def _mark(book: Book, students: Sequence[MadeStudent]) -> None:
    """Mark open answers as formgrader does, with nbgrader's API."""
    from nbgrader.api import Gradebook

    worth = {test.id: test.points for test in PLAN.tests}
    with Gradebook(f"sqlite:///{book.database}") as gradebook:
        gradebook.update_or_create_assignment(book.notebook_assignment)
        gradebook.update_or_create_notebook("concepts", book.notebook_assignment)
        for test in OPEN_TESTS:
            place = (_cell(test), "concepts", book.notebook_assignment)
            gradebook.update_or_create_grade_cell(
                *place, max_score=worth[test], cell_type="markdown"
            )
            gradebook.update_or_create_solution_cell(*place)
        for student in students:
            if not student.marks:
                continue
            submission = gradebook.update_or_create_submission(book.notebook_assignment, student.id)
            (notebook,) = submission.notebooks
            given = {_cell(test): points for test, points in student.marks.items()}
            for grade in notebook.grades:
                grade.manual_score = given.get(grade.name)
                grade.needs_manual_grade = grade.name not in given
        gradebook.db.commit()


def _cell(test: str) -> str:
    return test.partition("/")[2].replace("_", "-")
