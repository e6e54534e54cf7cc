"""The secrets that must not be handed out: solutions, the grader, and who is in the class."""

import ast
import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, Course
from autograder.distribution.leaks import Passage, PersonalTerm, Secrets, Statement
from autograder.errors import AssignmentError
from autograder.gradebook.roster import Roster
from autograder.grading.judge.plan import REQUIREMENTS_FILE
from autograder.student_kit.kit import COPIED_MODULES

IN_SOLUTIONS = 8
IN_HIDDEN_TESTS = 12
IN_THE_GRADER = 20
"""Words in a row that are a leak. The grader and the visible checks make the same AWS calls, so
they share shorter runs by chance; a solution is recognised by shorter ones."""

SHORTEST_NUMBER = 5
"""Digits of a number that identifies a person; shorter numbers mean anything."""

_REGION = re.compile(
    r"^[ \t]*(?:###|===) BEGIN (?P<kind>SOLUTION|HIDDEN TESTS|MARK SCHEME)\b.*?$"
    r"(?P<inside>.*?)^[ \t]*(?:###|===) END (?P=kind)\b.*?$",
    re.DOTALL | re.MULTILINE,
)
_IMPORT = re.compile(
    r"^[ \t]*(?:from [\w.]+ import (?:\([^)]*\)|[^(\n]*)|import [^\n]*)$", re.MULTILINE
)
_SKIPPED = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"})


def read_secrets(
    course: Course,
    assignment: Assignment,
    roster: Roster | None,
    public_words: Collection[str] = (),
) -> Secrets:
    """Read the secrets that must not be handed out with an assignment.

    Args:
        course: The checkout; solutions of other assignments and all of the grader are secret too.
        assignment: What is handed out.
        roster: Who is in the class, if that is known here.
        public_words: Words that are not a leak, though somebody in the class has that name.

    Raises:
        AssignmentError: Solutions are missing, or cannot be read.
    """
    if not any((course.solutions / assignment.id).glob("*.py")):
        raise AssignmentError(f"{course.solutions / assignment.id}: no solutions found")
    passages: list[Passage] = []
    statements: list[Statement] = []
    public = [" ".join(public_words)]
    for path in _files(course.solutions):
        name = path.relative_to(course.solutions.parent).as_posix()
        text = _text(path)
        if path.suffix == ".ipynb":
            _add_notebook(name, text, passages, statements, public)
        else:
            inside, outside = _parted(text)
            # A file without any region, such as a test of the solution, is secret as a whole.
            passages += [
                Passage(f"a solution in {name}", solution, IN_SOLUTIONS)
                for solution in inside or [text]
            ]
            public += [outside] if inside else []
    grader = course.suites.parent
    for path in _files(grader):
        if path.name == REQUIREMENTS_FILE and path.is_relative_to(course.suites):
            public.append(_text(path))  # students read these sentences in their feedback
            continue
        if path.is_relative_to(grader / "student_kit"):
            continue  # that is what students get
        if path.is_relative_to(grader / "docs"):
            continue  # they explain the grader, and quote the students' workflow
        name = path.relative_to(grader.parent).as_posix()
        text = _text(path)
        if path.parent == grader and path.name in COPIED_MODULES:
            public.append(text)  # students have a copy, with the visible checks
            continue
        text = _IMPORT.sub("", text) if path.suffix == ".py" else text
        is_suite = path.is_relative_to(course.suites) and "submissions" not in path.parts
        run = IN_HIDDEN_TESTS if is_suite else IN_THE_GRADER
        passages.append(Passage(f"a part of {name}", text, run))
    return Secrets(passages, statements, terms_of(roster), public)


def terms_of(roster: Roster | None) -> Iterator[PersonalTerm]:
    """Yield the names and numbers that identify each student; their origin names nobody."""
    for number, student in enumerate(roster.students if roster else (), start=1):
        origin = f"what the roster says of student {number}"
        first, last = student.parted_name
        for text in (
            f"{first} {last}" if first and last else "",
            f"{last} {first}" if first and last else "",
            student.full_name,
            student.email,
            student.login or "",
            student.identifier,
            student.username,
            student.idnumber,
            student.canvas_id,
            student.sis_user_id,
            student.sis_login_id,
            student.integration_id,
        ):
            if text.strip() and not (text.isdecimal() and len(text) < SHORTEST_NUMBER):
                yield PersonalTerm(origin, text)


def _files(folder: Path) -> Iterator[Path]:
    return (
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _SKIPPED.intersection(path.parts)
    )


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _parted(text: str) -> tuple[list[str], str]:
    """Split a source into the parts within the marks, and the rest."""
    return [match["inside"] for match in _REGION.finditer(text)], _REGION.sub("\n", text)


def _add_notebook(
    name: str,
    text: str,
    passages: list[Passage],
    statements: list[Statement],
    public: list[str],
) -> None:
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        raise AssignmentError(f"{name}: it is not a notebook") from None
    for cell in cells:
        marks = cell.get("metadata", {}).get("nbgrader", {})
        source = "".join(cell["source"])
        origin = f"the answer {marks.get('grade_id', '?')} in {name}"
        inside, outside = _parted(source)
        if marks.get("solution") and not inside:  # nbgrader clears such a cell as a whole
            inside, outside = [source], ""
        passages += [Passage(origin, answer, IN_SOLUTIONS) for answer in inside]
        public.append(outside)
        if cell["cell_type"] == "code":
            for answer in inside:
                statements += [Statement(origin, code) for code in _closed_answers(answer)]


def _closed_answers(source: str) -> Iterator[str]:
    """Yield each `name = value` of an answer, or each `"key": value` where it is a dict."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for statement in tree.body:
        if not isinstance(statement, ast.Assign):
            continue
        if isinstance(statement.value, ast.Dict):
            pairs: Iterable[Any] = zip(statement.value.keys, statement.value.values, strict=True)
            yield from (f"{ast.unparse(key)}: {ast.unparse(value)}" for key, value in pairs if key)
        else:
            yield ast.unparse(statement)
