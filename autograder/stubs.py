"""Derive the students' stubs from the solutions, with nbgrader's marks, and copy what they share.

Each region between `### BEGIN SOLUTION` and `### END SOLUTION` becomes `raise
NotImplementedError`; regions of `HIDDEN TESTS` vanish. What nbgrader lets pass and could leak a
solution (a stray end, a mark that is misspelt) is an error here. Notebooks
go through nbgrader itself. The rules of admission are copied into the visible checks, and the files
that name a version of Python are derived too.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from autograder import admission
from autograder.admission import CHECKS
from autograder.errors import AssignmentError
from autograder.files import write_whole
from autograder.notebook.release import release_notebook

COPIED = (
    "# A copy of the rules by which the grader takes your files; a change here changes no grade.\n"
)
DEV_CONTAINER = ".devcontainer/devcontainer.json"
PYTHON_VERSION_FILE = ".python-version"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError")

_IMAGE = re.compile(r"(/devcontainers/python:[0-9.]+-)[0-9.]+(-\w+\")")
"""The tag is the image's own version, that of Python, and Debian's name."""
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


def build(solutions: Path, assignment: Path, python: str) -> tuple[str, ...]:
    """Write the derived files that are missing or out of date; return their names.

    Args:
        solutions: Folder of the solutions.
        assignment: Folder of what students get.
        python: The version of Python that students' code is written for, such as `3.12`.

    Raises:
        AssignmentError: A solution cannot be turned into a stub; nothing is written then.
    """
    stale = dict(_stale(solutions, assignment, python))
    for name, stub in stale.items():
        write_whole(assignment / name, stub)
    return tuple(stale)


def check(solutions: Path, assignment: Path, python: str) -> tuple[str, ...]:
    """Name the derived files that are missing or out of date; see `build`.

    Raises:
        AssignmentError: A solution cannot be turned into a stub.
    """
    return tuple(name for name, _ in _stale(solutions, assignment, python))


def _stale(solutions: Path, assignment: Path, python: str) -> Iterator[tuple[str, str]]:
    found = sorted(solutions.glob("*.py"))
    if not found:
        raise AssignmentError(f"{solutions}: there are no solutions")
    stubs = {path.name: make_stub(path.read_text("utf-8"), str(path)) for path in found}
    for path in sorted(solutions.glob("*.ipynb")):
        stubs[path.name] = release_notebook(path.read_text("utf-8"), str(path))
    stubs |= _naming_python(assignment, python)
    if (assignment / CHECKS).is_dir():
        rules = Path(admission.__file__)
        stubs[f"{CHECKS}/{rules.name}"] = f"{COPIED}{rules.read_text('utf-8')}"
    for name, stub in stubs.items():
        target = assignment / name
        if not target.is_file() or target.read_text("utf-8") != stub:
            yield name, stub


def _naming_python(assignment: Path, python: str) -> dict[str, str]:
    """Write the files that name the version of Python, for uv, Actions and a Codespace."""
    named = {PYTHON_VERSION_FILE: f"{python}\n"}
    container = assignment / DEV_CONTAINER
    if container.is_file():
        named[DEV_CONTAINER] = _IMAGE.sub(rf"\g<1>{python}\g<2>", container.read_text("utf-8"))
    return named
