"""Which tests a suite has and what each is worth, read from its source before anything runs.

The set of expected tests is fixed here, so that a test that vanishes during the run is noticed.
A suite has one file for each checkpoint, `test_<checkpoint>.py`; in it, each test function has the
mark `@pytest.mark.graded("W1", points=3)` and a docstring whose first line is its title.
"""

import ast
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import SETTINGS_FILE, Assignment
from autograder.errors import AssignmentError
from autograder.grading.grade import MarkedBy

REQUIREMENTS_FILE = "requirements.toml"

Requirements = Mapping[str, str]
"""Requirement id, such as `W3`, to one sentence."""


@dataclass(frozen=True)
class PlannedTest:
    """A hidden test as its source declares it."""

    checkpoint: str
    function: str
    title: str
    requirement: str
    points: float
    marked_by: MarkedBy = "machine"
    closed_answer: bool = False

    @property
    def id(self) -> str:
        """The name by which grades know it: `writer/returns_once_active`."""
        return f"{self.checkpoint}/{self.function.removeprefix('test_')}"

    @property
    def node_id(self) -> str:
        """The name by which pytest knows it, relative to the suite's folder."""
        return f"test_{self.checkpoint}.py::{self.function}"


@dataclass(frozen=True)
class SuitePlan:
    """All tests of a suite, and the requirements that they judge."""

    tests: tuple[PlannedTest, ...]
    requirements: Requirements
    digest: str
    """Of the suite's files and the assignment's settings: grades of another digest are outdated."""

    def of(self, checkpoint: str) -> tuple[PlannedTest, ...]:
        """List one checkpoint's tests, in the order of the file."""
        return tuple(test for test in self.tests if test.checkpoint == checkpoint)


_MARK_KEYS = ("api_calls", "closed_answer", "marked_by", "points")
"""What the mark `graded` takes besides the requirement; see the plugin."""


def read_plan(assignment: Assignment, suite: Path) -> SuitePlan:
    """Read a suite's plan.

    Raises:
        AssignmentError: A file is missing, a test lacks its mark or its title, a test is
            parametrized (its number could not be known beforehand), or points do not add up.
    """
    tests: list[PlannedTest] = []
    for checkpoint in assignment.checkpoints:
        path = suite / f"test_{checkpoint.id}.py"
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, UnicodeDecodeError) as error:
            raise AssignmentError(f"{path}: cannot be read: {error}") from None
        found = [
            _planned(path, checkpoint.id, node)
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        points = sum(test.points for test in found)
        if points != checkpoint.points:
            raise AssignmentError(
                f"{path}: its tests are worth {points:g} points together, "
                f"but {SETTINGS_FILE} gives the checkpoint {checkpoint.points}"
            )
        tests += found
    requirements = read_requirements(suite)
    for test in tests:
        if test.requirement not in requirements:
            raise AssignmentError(
                f"{suite}: {test.id} judges {test.requirement!r}, which "
                "requirements.toml does not define"
            )
    twice = {test.id for test in tests if [other.id for other in tests].count(test.id) > 1}
    if twice:
        raise AssignmentError(f"{suite}: two tests have the name {min(twice)}")
    return SuitePlan(tuple(tests), requirements, _digest(assignment, suite))


def read_requirements(suite: Path) -> Requirements:
    """Read a suite's requirements.

    Raises:
        AssignmentError: The file is missing or is not a table of sentences.
    """
    path = suite / REQUIREMENTS_FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AssignmentError(f"{path}: cannot be read: {error}") from None
    for key, value in table.items():
        if not isinstance(value, str) or not value:
            raise AssignmentError(f"{path}: {key}: should be one sentence")
    return table


def _planned(path: Path, checkpoint: str, node: ast.FunctionDef) -> PlannedTest:
    where = f"{path}:{node.lineno}: {node.name}"
    title = (ast.get_docstring(node) or "").strip().split("\n")[0].rstrip(".")
    if not title:
        raise AssignmentError(f"{where} needs a docstring; its first line is the title")
    marks = [_mark(decorator) for decorator in node.decorator_list]
    if "parametrize" in [name for name, _ in marks]:
        raise AssignmentError(f"{where} is parametrized; write a test for each case")
    for name, call in marks:
        if name == "graded" and call is not None:
            try:
                (requirement,) = [ast.literal_eval(argument) for argument in call.args]
                given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
                if unknown := sorted(str(name) for name in given.keys() - {*_MARK_KEYS}):
                    raise AssignmentError(
                        f"{where}: its mark has {unknown[0]!r}; known are {', '.join(_MARK_KEYS)}"
                    )
                return PlannedTest(
                    checkpoint=checkpoint,
                    function=node.name,
                    title=title,
                    requirement=requirement,
                    points=given["points"],
                    marked_by=given.get("marked_by", "machine"),
                    closed_answer=given.get("closed_answer", False),
                )
            except (ValueError, KeyError):
                break
    raise AssignmentError(f'{where} needs a mark like @pytest.mark.graded("W1", points=3)')


def _mark(decorator: ast.expr) -> tuple[str, ast.Call | None]:
    call = decorator if isinstance(decorator, ast.Call) else None
    target = call.func if call else decorator
    return (target.attr if isinstance(target, ast.Attribute) else "", call)


def _digest(assignment: Assignment, suite: Path) -> str:
    total = hashlib.sha256(assignment.model_dump_json().encode())
    for path in sorted([*suite.glob("*.py"), *suite.glob("*.toml")]):
        total.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return f"sha256:{total.hexdigest()}"
