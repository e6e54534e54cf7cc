"""Derive what students get: stubs from the solutions, with nbgrader's marks, and the student kit.

Each region between `### BEGIN SOLUTION` and `### END SOLUTION` becomes `raise
NotImplementedError`; regions of `HIDDEN TESTS` vanish. What nbgrader lets pass and could leak a
solution (a stray end, a mark that is misspelt) is an error here. Notebooks
go through nbgrader itself.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError
from autograder.files import write_whole
from autograder.notebook.release import release_notebook
from autograder.student_kit.kit import kit_files

STUB = ("# YOUR CODE HERE", "raise NotImplementedError")

_MARK = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
_NEAR_MARK = re.compile(r"#.*\b(begin|end)\W+(solution|hidden)", re.IGNORECASE)


def make_stub(source: str, name: str) -> str:
    """Make the stub of one solution.

    Args:
        source: The solution's Python source.
        name: Its file name, for messages.

    Raises:
        AssignmentError: A mark is stray, nested, misspelt or missing, a region stands outside
            any function, or the stub is not valid Python.
    """
    lines: list[str] = []
    opened: tuple[int, str, str] | None = None
    regions = 0
    for number, line in enumerate(source.splitlines(), start=1):
        where = f"{name}:{number}"
        mark = _MARK.fullmatch(line.strip())
        if mark is None:
            if _NEAR_MARK.search(line):
                raise AssignmentError(f"{where}: looks like a mark, but is none: {line.strip()!r}")
            if opened is None:
                lines.append(line)
            continue
        edge, kind = mark.groups()
        if edge == "BEGIN":
            if opened is not None:
                raise AssignmentError(f"{where}: begins a region within that of line {opened[0]}")
            indent = line[: len(line) - len(line.lstrip())]
            if kind == "SOLUTION" and not indent:
                raise AssignmentError(f"{where}: a region stands outside any function")
            opened = (number, kind, indent)
            continue
        if opened is None or opened[1] != kind:
            raise AssignmentError(f"{where}: ends a region of {kind} that was never begun")
        if kind == "SOLUTION":
            regions += 1
            lines += [f"{opened[2]}{part}" for part in STUB]
        opened = None
    if opened is not None:
        raise AssignmentError(f"{name}:{opened[0]}: the region that begins here never ends")
    if not regions:
        raise AssignmentError(f"{name}: has no region ### BEGIN SOLUTION: the stub would be whole")
    stub = "\n".join(lines) + "\n"
    try:
        ast.parse(stub)
    except SyntaxError as error:
        raise AssignmentError(f"{name}: its stub is not valid Python: {error}") from None
    return stub


def build(course: Course, assignment: Assignment) -> tuple[str, ...]:
    """Write the derived files that are missing or out of date; return their names.

    Args:
        course: Where the solutions and the student repository lie.
        assignment: Whose.

    Raises:
        AssignmentError: A solution cannot be turned into a stub, or a stub or graded file has no
            solution; nothing is written then.
    """
    stale = dict(_stale(course, assignment))
    for name, text in stale.items():
        path = course.assignments / assignment.id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    return tuple(stale)


def check(course: Course, assignment: Assignment) -> tuple[str, ...]:
    """Name the derived files that are missing or out of date; see `build`.

    Raises:
        AssignmentError: A solution cannot be turned into a stub.
    """
    return tuple(name for name, _ in _stale(course, assignment))


def _stale(course: Course, assignment: Assignment) -> Iterator[tuple[str, str]]:
    stubs = _stubs(course.solutions / assignment.id)
    _check_names(course.assignments / assignment.id, stubs, assignment)
    derived = stubs | kit_files(assignment)
    for name, text in derived.items():
        target = course.assignments / assignment.id / name
        if not target.is_file() or target.read_text("utf-8") != text:
            yield name, text


def _check_names(folder: Path, stubs: Mapping[str, str], assignment: Assignment) -> None:
    """Check that the graded files have solutions, and that students get no other stub."""
    for name in assignment.files:
        if name not in stubs:
            raise AssignmentError(f"{assignment.id}: the graded file {name} has no solution")
    for path in sorted([*folder.glob("*.py"), *folder.glob("*.ipynb")]):
        if path.name not in stubs:
            raise AssignmentError(f"{path} has no solution: remove it, or write the solution")


def _stubs(solutions: Path) -> dict[str, str]:
    found = sorted(solutions.glob("*.py"))
    if not found:
        raise AssignmentError(f"{solutions}: there are no solutions")
    stubs = {path.name: make_stub(path.read_text("utf-8"), str(path)) for path in found}
    for path in sorted(solutions.glob("*.ipynb")):
        stubs[path.name] = release_notebook(path.read_text("utf-8"), str(path))
    return stubs
