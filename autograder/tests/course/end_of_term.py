"""The end of a term, played with the commands, for a made class on GitHub or in Moodle.

What each student must end up with is in `made_class`. Nobody's code is run: `MadeExaminers` read
from a submission what its tests come to.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

from autograder.assignment import Assignment, Course
from autograder.course import class_run, grade_pushes, pushes
from autograder.github import client
from autograder.gradebook.book import Book
from autograder.gradebook.marking.folders import folder_of_marker
from autograder.grading.grade import Grade, GradedSubmission, Outcome
from autograder.grading.judge.plan import read_plan
from autograder.policy import read_policy
from autograder.submission import Submission
from autograder.tests.checkout import Done, copy_checkout, run
from autograder.tests.course.made_class import (
    DROPPED,
    DUE,
    GIVEN,
    MadeStudent,
    made_class,
)
from autograder.tests.course.random_course import handout
from autograder.tests.github_stand_in.memory import MemoryGitHub
from autograder.tests.gradebook.students import ASSIGNMENT, ID, SOLUTION, a_grade

CODE, NOTEBOOK = "compare_with_sqs.py", "concepts.ipynb"
TOO_STRICT, TOO_LENIENT = "reader/an_empty_page_is_not_the_end", "writer/partition_key_is_the_user"
"""Hidden tests that are corrected at the end."""
FAILED_AT = "reader/oldest_records_come_first"
"""The hidden test at which the grader fails for some students."""
MARKERS = ("grace", "lin")
POLICY = f"""# Our course.
assignment = "{ID}"
{{github}}
timezone = "UTC"
[deadline]
at = {DUE:%Y-%m-%dT%H:%M:%S}  # midnight in Athens
grace_minutes = 15
[late]
percent_per_day = 10
days = 3
"""
RULINGS = f'\n[tests]\n"{DROPPED}" = "dropped"\n"{GIVEN}" = "full"\n'
ON_GITHUB = 'organization = "course"\nrepository = "m06-{login}"'


@dataclass(frozen=True)
class TermStudent:
    """A student, and what the hidden tests came to before two of them were corrected."""

    made: MadeStudent
    """With the tests as they are at last."""
    gains: bool
    """Whether `TOO_STRICT` failed although the code was right."""
    loses: bool
    """Whether `TOO_LENIENT` passed although the code was wrong."""
    with_: str = ""
    """With whom the work was done: on GitHub, both push it; in Moodle, that student hands it in."""

    @property
    def change(self) -> float:
        """What the correction changes, before the late penalty."""
        return 2.0 * self.gains - 2.0 * self.loses


def term_class(students: int, seed: int) -> list[TermStudent]:
    """Throw the dice for a class; nobody marks the answers of those who are excused."""
    found: list[TermStudent] = []
    for number, made in enumerate(made_class(students, seed)):
        outcomes = dict(made.outcomes)
        gains, loses = number % 5 == 1, number % 7 == 3
        if gains:
            outcomes.pop(TOO_STRICT, None)
        if loses:
            outcomes[TOO_LENIENT] = Outcome.WRONG
        if number % 40 == 10:
            outcomes[FAILED_AT] = Outcome.GRADER_ERROR
        marks = {} if made.excused or made.handed_in_at is None else made.marks
        final = replace(made, outcomes=outcomes, marks=marks)
        found.append(TermStudent(final, gains, loses))
        if number % 8 == 5:
            found[-1] = _together(found[-2], found[-1])
    return found


def _together(first: TermStudent, second: TermStudent) -> TermStudent:
    """Let a student hand in another's work; extensions, excuses and marks are their own."""
    handed_in_at = first.made.handed_in_at
    is_marked = handed_in_at is not None and not second.made.excused
    made = replace(
        second.made,
        handed_in_at=handed_in_at,
        outcomes=first.made.outcomes,
        marks=second.made.marks if is_marked else {},
    )
    return TermStudent(made, first.gains, first.loses, first.made.id)


class MadeExaminers:
    """Gives each submission the outcomes that are written in its code."""

    window = 1

    def __init__(self, assignment: Assignment, course: Course, *_: object, **__: object) -> None:
        self._suite = course.suites / assignment.id
        self._digest = read_plan(assignment, self._suite).digest

    def __enter__(self) -> "MadeExaminers":
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def grade(self, submission: Submission) -> tuple[Grade, str]:
        """Return the grade of a submission, which depends on whether the suite is corrected."""
        written = json.loads(submission.files[CODE].decode().removeprefix("# "))
        is_corrected = is_suite_corrected(self._suite)
        outcomes = written["now"] if is_corrected else written["before"]
        made = a_grade({test: Outcome(outcome) for test, outcome in outcomes.items()})
        about = GradedSubmission(
            digest=submission.digest, commit=submission.commit, files=submission.file_digests
        )
        grader = made.grader.model_copy(update={"suite": self._digest})
        return made.model_copy(update={"submission": about, "grader": grader}), ""

    def submit(self, do: Any, task: Any) -> Future[Any]:
        """Do a task immediately."""
        ended: Future[Any] = Future()
        is_submission = isinstance(task, Submission)
        ended.set_result(self.grade(task) if is_submission else do(self, task))
        return ended

    def each(self, do: Any, tasks: Sequence[Any]) -> Iterator[Any]:
        """Do each task in turn."""
        for task in tasks:
            yield do(self, task)


def is_suite_corrected(suite: Path) -> bool:
    """Whether the hidden tests are those after the correction."""
    return (suite / "corrected.py").exists()


def files_of(student: TermStudent) -> dict[str, bytes]:
    """Return what a student hands in."""
    now = {test: outcome.value for test, outcome in student.made.outcomes.items()}
    before = dict(now)
    if student.gains:
        before[TOO_STRICT] = Outcome.WRONG.value
    if student.loses:
        before.pop(TOO_LENIENT)
    code = f"# {json.dumps({'who': student.made.id, 'now': now, 'before': before})}"
    return {CODE: code.encode(), NOTEBOOK: (SOLUTION / NOTEBOOK).read_bytes()}


class EndOfTerm:
    """A course whose deadline is over.

    Args:
        folder: An empty folder.
        students: The class.
        github: Where it hands in; None for a download of Moodle.
    """

    def __init__(
        self, folder: Path, students: Sequence[TermStudent], github: MemoryGitHub | None
    ) -> None:
        self.folder = folder
        self.github = github
        self.students = {student.made.id: student for student in students}
        self.checkout = copy_checkout(folder / "checkout")
        self.output = folder / "out"
        self.file = folder / "course" / "course.toml"
        (self.file.parent / "gradebook").mkdir(parents=True)
        self.file.write_text(POLICY.format(github="" if github is None else ON_GITHUB))
        self.commits: dict[str, str] = {}
        self.marked = self.dry_run = ""
        self._write_roster()
        if github is None:
            self._download()
        else:
            self._token = github.add_token("grader", {"course/*": "write"})
            self._push(github)

    @property
    def handed_in(self) -> Mapping[str, MadeStudent]:
        """Those who handed in, by id."""
        return {
            name: student.made
            for name, student in self.students.items()
            if student.made.handed_in_at is not None
        }

    def book(self) -> Book:
        """Return the gradebook, under the policy as it is now."""
        policy = read_policy(self.file)
        return Book(policy.gradebook, ASSIGNMENT, policy)

    def run(self, *arguments: str | Path, status: int = 0) -> Done:
        """Run a command of this course, which must end with this status."""
        with pytest.MonkeyPatch.context() as patch:
            if self.github is not None:
                for name, value in self.github.environment(self._token).items():
                    patch.setenv(name, value)
            done = run(self.checkout, *arguments)
        assert done.status == status, (arguments, done.output, done.errors)
        return done

    def close(self) -> Done:
        """Close the course; as some answers stay open, something is left to do."""
        source = () if self.github else ("--submissions", self.folder / "class")
        return self.run("close", self.file, "--output", self.output, *source, status=1)

    def regrade(self, *more: str) -> Done:
        """Grade the class again; a grade that the grader failed at is left to do."""
        source = (self.file,) if self.github else (self.folder / "class", "--course", self.file)
        return self.run("regrade", *source, "--output", self.output, *more)

    def grade_pushes(self, *more: str) -> None:
        """Post the grades at GitHub, if the class is there; 1 if the grader failed at somebody."""
        if self.github is not None:
            failed = [
                name
                for name, made in self.handed_in.items()
                if Outcome.GRADER_ERROR in made.outcomes.values()
            ]
            self.run("grade-pushes", "--course", self.file, *more, status=1 if failed else 0)

    def correct_the_tests(self) -> None:
        """Correct two hidden tests."""
        file = self.checkout / "autograder" / "suites" / ID / "corrected.py"
        file.write_text('"""Two tests are corrected."""\n')

    def decide(self) -> None:
        """Extend, excuse, drop a test and give one to everybody, as an instructor does."""
        for name, student in self.students.items():
            if student.made.extended_to:
                at = f"{student.made.extended_to:%Y-%m-%dT%H:%M:%S}"
                self.run("extend", name, at, "--course", self.file)
            if student.made.excused:
                self.run("excuse", name, "--course", self.file)
        self.file.write_text(self.file.read_text() + RULINGS)

    def mark(self) -> str:
        """Let two people mark, who differ at each seventh answer, and agree at last."""
        notebooks = self.output / "notebooks"
        given = {
            (name, _cell(test)): points
            for name, student in self.students.items()
            for test, points in student.made.marks.items()
        }
        for number, marker in enumerate(MARKERS):
            self.run(
                *("gradebook", "mark", notebooks, "--marker", marker, "--prepare-only"),
                *("--course", self.file),
            )
            folder_of_marker(self.book(), marker).write_points(
                {
                    key: (0.5 if number and place % 7 == 0 and points != 0.5 else points, None)
                    for place, (key, points) in enumerate(given.items())
                }
            )
        first = self.run("gradebook", "reconcile", "--course", self.file)
        table = self.book().folder / "differences.csv"
        rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
        for row in rows:
            row["agreed"] = f"{given[row['student'], row['answer']]:g}"
        with table.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.run("gradebook", "reconcile", "--course", self.file)
        return first.output

    def _write_roster(self) -> None:
        with (self.file.parent / "roster.csv").open("w", newline="") as roster:
            rows = csv.writer(roster)
            rows.writerow(["id", "name", "email", "login", "username", "canvas_id", "idnumber"])
            for number, name in enumerate(self.students):
                known = (f"{name}@x.org", name, name, 1000 + number, 5000 + number)
                rows.writerow([name, f"Name {name}", *known])

    def _download(self) -> None:
        """Lay out a download of Moodle; `matches.csv` says who handed in together."""
        handins, matches = [("student", "handed_in_at")], [("hand_in", "student")]
        for number, (name, made) in enumerate(self.handed_in.items()):
            assert made.handed_in_at is not None
            handins.append((name, made.handed_in_at.isoformat()))
            partners = [other for other, student in self.students.items() if student.with_ == name]
            if self.students[name].with_:
                continue
            who = f"Team {number}" if partners else f"Name {name}"
            folder = f"{who}_{7000 + number}_assignsubmission_file_"
            matches += [(folder, member) for member in (name, *partners) if partners]
            (self.folder / "class" / folder).mkdir(parents=True)
            for file, content in files_of(self.students[name]).items():
                (self.folder / "class" / folder / file).write_bytes(content)
        for file, rows in {"matches.csv": matches, "gradebook/handins.csv": handins}.items():
            with (self.file.parent / file).open("w", newline="") as table:
                csv.writer(table).writerows(rows)

    def _push(self, github: MemoryGitHub) -> None:
        for name, student in self.students.items():
            repository = f"course/m06-{name}"
            github.now = DUE.replace(month=10)
            made = github.add_repository(repository)
            made.more["template"] = {"nameWithOwner": "course/m06-template"}
            github.push(repository, handout(), actor="grader")
            if student.made.handed_in_at is not None:
                github.now = student.made.handed_in_at
                files = {**handout(), **files_of(student)}
                self.commits[name] = github.push(repository, files, actor=name)


def _cell(test: str) -> str:
    return test.partition("/")[2].replace("_", "-")


@contextmanager
def played(
    folder: Path, students: Sequence[TermStudent], *, on_github: bool
) -> Iterator[EndOfTerm]:
    """Make a course whose commands reach the stand-ins."""
    github = MemoryGitHub() if on_github else None
    with pytest.MonkeyPatch.context() as patch:
        for module in (class_run, grade_pushes):
            patch.setattr(module, "ExaminerPool", MadeExaminers)
        if github is not None:

            def fetch(
                _: object, repository: str, commit: str, assignment: Assignment
            ) -> Submission:
                files = github.memory(repository).commits[commit]
                handed_in = {name: files[name] for name in (CODE, NOTEBOOK)}
                return Submission(handed_in, assignment.files, commit=commit)

            for module in (pushes, grade_pushes):
                patch.setattr(module, "fetch_submission", fetch)
            made = partialmethod(client.GitHubClient.__init__, transport=github.transport())
            patch.setattr(client.GitHubClient, "__init__", made)
            patch.setattr(client, "WRITE_PAUSE", 0.0)
        yield EndOfTerm(folder, students, github)
