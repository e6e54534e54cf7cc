"""The solutions as students get them after the deadline: without marks and rubrics."""

import json
import re

from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError

_MARK = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
_HIDDEN = re.compile(
    r"^[ \t]*(?:###|===) BEGIN (?P<kind>HIDDEN TESTS|MARK SCHEME)\b.*?$"
    r".*?^[ \t]*(?:###|===) END (?P=kind)\b.*?$\n?",
    re.DOTALL | re.MULTILINE,
)
_RUBRIC = re.compile(r"^\*Rubric\.\*.*\Z", re.DOTALL | re.MULTILINE)
_NEVER = re.compile(
    r"(?:###|===)\s*(?:BEGIN|END)|\brubrics?\b|\bHIDDEN TESTS\b|\bMARK SCHEME\b", re.IGNORECASE
)


def released_solutions(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """Return the files that students get as solutions.

    Args:
        course: The checkout.
        assignment: Whose solutions.

    Returns:
        The graded files, by name.

    Raises:
        AssignmentError: A file is missing, or still has a mark or a rubric in it.
    """
    released = {}
    for name in assignment.files:
        path = course.solutions / assignment.id / name
        try:
            source = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise AssignmentError(f"{path} cannot be read: {error}") from None
        text = release_notebook(source, name) if name.endswith(".ipynb") else release_code(source)
        _check(text, str(path))
        released[name] = text.encode()
    return released


def release_code(source: str) -> str:
    """Remove the marks from a solution; the code between them stays."""
    return _MARK.sub("", _HIDDEN.sub("", source))


def release_notebook(source: str, name: str) -> str:
    """Remove the marks, and the rubrics below the model answers, from a notebook.

    A rubric is what follows a paragraph that begins with `*Rubric.*`, to the end of its cell.

    Raises:
        AssignmentError: It is not a notebook.
    """
    try:
        notebook = json.loads(source)
        for cell in notebook["cells"]:
            text = release_code("".join(cell["source"]))
            if cell["cell_type"] == "markdown":
                text = _RUBRIC.sub("", text)
            cell["source"] = text.rstrip("\n").splitlines(keepends=True)
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
    except (ValueError, LookupError, TypeError):
        raise AssignmentError(f"{name}: it is not a notebook") from None
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _check(text: str, name: str) -> None:
    found = _NEVER.search(text)
    if found:
        raise AssignmentError(f"{name}: would hand out {found.group()!r}")
