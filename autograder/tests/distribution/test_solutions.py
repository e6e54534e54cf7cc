"""Released solutions are complete, work, and contain nothing that is meant for markers."""

import ast
import json
import shutil
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.distribution.solutions import release_code, release_notebook, released_solutions
from autograder.errors import AssignmentError
from autograder.grading.foreman.examiner import Examiner
from autograder.submission import read_submission
from autograder.tests.distribution.secrets import (
    ASSIGNMENT,
    COURSE,
    solution_bodies,
    written_answers,
)

RELEASED = released_solutions(COURSE, ASSIGNMENT)
TEXT = "\n".join(content.decode() for content in RELEASED.values())


def test_each_graded_file_has_its_solution() -> None:
    """The solution has the name of the graded file."""
    assert set(RELEASED) == set(ASSIGNMENT.files)


def test_each_solution_is_complete() -> None:
    """The code between the marks is still there, and it is valid Python."""
    missing = [body for body in solution_bodies() if body.rstrip(" ") not in TEXT]

    assert not missing
    for name, content in RELEASED.items():
        if name.endswith(".py"):
            ast.parse(content)


def test_no_mark_is_left() -> None:
    """Students never see such marks."""
    assert "SOLUTION" not in TEXT


def test_model_answers_are_released_and_rubrics_are_not() -> None:
    """Only the feedback says how many points a sentence is worth."""
    answers = list(written_answers())
    cells = ["".join(cell["source"]) for cell in json.loads(RELEASED["concepts.ipynb"])["cells"]]

    assert [answer.strip() in cells for answer in answers] == [True, False] * (len(answers) // 2)
    assert "ubric" not in TEXT


def test_they_earn_all_automatic_points(tmp_path: Path) -> None:
    """They are graded like a student's submission."""
    for name, content in RELEASED.items():
        (tmp_path / name).write_bytes(content)

    with Examiner(ASSIGNMENT, COURSE) as examiner:
        grade, _ = examiner.grade(read_submission(tmp_path, ASSIGNMENT))

    lost = [
        test.id
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.outcome not in ("passed", "unmarked")
    ]
    assert not lost


def test_hidden_tests_in_a_solution_are_taken_out() -> None:
    """With their marks."""
    source = "a = 1\n### BEGIN HIDDEN TESTS\nassert a\n### END HIDDEN TESTS\nb = 2\n"

    assert release_code(source) == "a = 1\nb = 2\n"


def test_a_mark_scheme_is_taken_out_of_a_notebook() -> None:
    """The scheme is within a cell, as nbgrader marks it."""
    scheme = "Do it.\n=== BEGIN MARK SCHEME ===\nTwo points.\n=== END MARK SCHEME ===\n"
    notebook = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": [scheme]}]}

    released = json.loads(release_notebook(json.dumps(notebook), "a.ipynb"))

    assert released["cells"][0]["source"] == ["Do it."]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compare_with_sqs.py", "# See the rubric.\n"),
        ("compare_with_sqs.py", "###BEGIN SOLUTION\n"),
        ("concepts.ipynb", '{"cells": [{"cell_type": "raw", "source": ["the Rubric: 2"]}]}'),
        ("concepts.ipynb", "no JSON"),
    ],
)
def test_a_solution_that_reveals_too_much_is_not_released(
    tmp_path: Path, name: str, text: str
) -> None:
    """Such as a rubric that is written in another way, or a misspelt mark."""
    shutil.copytree(COURSE.solutions, tmp_path / "solutions")
    (tmp_path / "solutions" / ASSIGNMENT.id / name).write_text(text)

    with pytest.raises(AssignmentError, match=name):
        released_solutions(Course(tmp_path), ASSIGNMENT)


def test_a_missing_solution_is_reported(tmp_path: Path) -> None:
    """By its file."""
    with pytest.raises(AssignmentError, match=ASSIGNMENT.files[0]):
        released_solutions(Course(tmp_path), ASSIGNMENT)
