"""A small course for tests: a gradebook's folder, students' folders, and grades of them."""

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.assignment import Course
from autograder.gradebook.book import Book
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import (
    Grade,
    GradedSubmission,
    GradedTest,
    Grader,
    Outcome,
    checkpoint_of,
)
from autograder.grading.judge.plan import PlannedTest, read_plan
from autograder.submission import read_submission

ID = "m06_partitioned_logs"
COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load(ID)
SOLUTION = COURSE.solutions / ID
NAMES = {
    "ada": 'Müller, Ada "the first"',
    "bob": "=1+1",
    "cyd": "Cyd 🛰",
    "dan": "Dan, a; b",
    "eve": "Eve",
}


def make_book(folder: Path, students: Mapping[str, str] = NAMES) -> Book:
    """Make a gradebook's folder with a roster as Canvas exports it, and GitHub logins in it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "name", "email", "login", "canvas_id"])
    for number, (login, name) in enumerate(students.items()):
        writer.writerow([login, name, f"{login}@school.example", login, str(100 + number)])
    (folder / "roster.csv").write_text(text.getvalue(), encoding="utf-8")
    return Book(folder, ASSIGNMENT)


def hand_in(folder: Path, student: str) -> Path:
    """Hand in the solution, to be changed by the test."""
    return Path(shutil.copytree(SOLUTION, folder / student))


def write_answer(submission: Path, cell: str, text: str) -> None:
    """Write an open answer into a submission's notebook."""
    path = submission / "concepts.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for each in notebook["cells"]:
        if each["id"] == cell:
            each["source"] = text
    path.write_text(json.dumps(notebook), encoding="utf-8")


def grade_all(submissions: Path, results: Path) -> None:
    """Grade each student's folder, as `autograder grade --format json` does."""
    results.mkdir(exist_ok=True)
    with Examiner(ASSIGNMENT, COURSE) as examiner:
        for folder in sorted(submissions.iterdir()):
            grade, _ = examiner.grade(read_submission(folder, ASSIGNMENT))
            write_result(results, folder.name, grade)


def write_result(results: Path, student: str, grade: Grade) -> None:
    """Write a grade as the command `grade` does."""
    results.mkdir(exist_ok=True)
    (results / f"{student}.json").write_text(json.dumps(grade.model_dump()), encoding="utf-8")


def a_grade(outcomes: Mapping[str, Outcome] | None = None, digest: str = "sha256:0") -> Grade:
    """Make a grade without grading: all tests passed, open answers not marked, except as given."""
    given = outcomes or {}
    plan = read_plan(ASSIGNMENT, COURSE.suites / ID)
    checkpoints = tuple(
        checkpoint_of(checkpoint.id, checkpoint.title, tuple(_tests(plan.of(checkpoint.id), given)))
        for checkpoint in ASSIGNMENT.checkpoints
    )
    return Grade(
        assignment=ID,
        score=sum(checkpoint.score for checkpoint in checkpoints),
        max_score=sum(checkpoint.max_score for checkpoint in checkpoints),
        submission=GradedSubmission(digest=digest, files={}),
        grader=Grader(
            version="0", suite="sha256:1", sandbox=True, python="3.12", python_named="3.12"
        ),
        checkpoints=checkpoints,
    )


def _tests(planned: Iterable[PlannedTest], given: Mapping[str, Outcome]) -> Iterable[GradedTest]:
    for planned_test in planned:
        usual = Outcome.PASSED if planned_test.marked_by == "machine" else Outcome.UNMARKED
        outcome = given.get(planned_test.id, usual)
        yield GradedTest(
            id=planned_test.id,
            title=planned_test.title,
            requirement=planned_test.requirement,
            marked_by=planned_test.marked_by,
            closed_answer=planned_test.closed_answer,
            outcome=outcome,
            score=planned_test.points if outcome is Outcome.PASSED else 0.0,
            max_score=planned_test.points,
        )
