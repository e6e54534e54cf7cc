"""What must never be published, in pieces: solutions, hidden tests, answers, a class's roster."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from autograder.assignment import Course
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student

COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load("m06_partitioned_logs")
CLASS = Roster(
    students=(
        Student(
            id="lovelace-a",
            name="Ada Lovelace",
            email="ada.lovelace@example.org",
            login="Lovelace-A",
            identifier="s2044517",
        ),
        Student(
            id="bob",
            first_name="Jörg",
            last_name="Müller-Öztürk",
            email="joerg@example.net",
            login="bob",
            canvas_id="9044518",
        ),
    )
)

_REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


def solution_bodies() -> Iterator[str]:
    """Yield the text within each pair of marks."""
    for path in sorted((COURSE.solutions / ASSIGNMENT.id).glob("*.py")):
        yield from _REGION.findall(path.read_text("utf-8"))


def hidden_tests() -> Iterator[str]:
    """Yield each test of the hidden suite, and each helper of its tests."""
    for path in sorted((COURSE.suites / ASSIGNMENT.id).glob("*.py")):
        source = path.read_text("utf-8")
        for node in ast.parse(source).body:
            segment = ast.get_source_segment(source, node)
            if isinstance(node, ast.FunctionDef) and segment and len(segment.split()) > 20:
                yield segment


def written_answers() -> Iterator[str]:
    """Yield each model answer, and each rubric, of the notebook."""
    for cell in _cells():
        if cell["cell_type"] == "markdown" and cell["metadata"]["nbgrader"]["solution"]:
            answer, _, rubric = "".join(cell["source"]).partition("*Rubric.*")
            yield answer
            yield rubric


def closed_answers() -> Iterator[str]:
    """Yield each closed answer of the notebook, comments left out."""
    for cell in _cells():
        for region in _REGION.findall("".join(cell["source"])):
            for statement in ast.parse(region).body:
                yield ast.unparse(statement)


def parts_of_the_grader() -> Iterator[str]:
    """Yield the grader's files, except tests."""
    for path in sorted((COURSE.suites.parent / "sandbox").rglob("[a-z]*.py")):
        yield path.read_text("utf-8")


def student_repository() -> dict[str, bytes]:
    """Read the files that are handed out."""
    folder = COURSE.assignments / ASSIGNMENT.id
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"__pycache__", ".pytest_cache", ".venv"} & {*path.parts}
    }


def _cells() -> list[dict[str, Any]]:
    notebook = COURSE.solutions / ASSIGNMENT.id / "concepts.ipynb"
    cells: list[dict[str, Any]] = json.loads(notebook.read_text("utf-8"))["cells"]
    return cells
