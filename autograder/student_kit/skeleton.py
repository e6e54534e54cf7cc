"""Writes a new assignment that is complete and can be graded. Its author then changes it."""

import re
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from autograder.assignment import Course, Identifier, Title
from autograder.errors import AssignmentError
from autograder.files import write_whole
from autograder.student_kit.kit import filled_in, values_of

PYTHON = "3.12"
"""The Python of a course's first assignment. Later ones get the newest that the course uses."""
_TEMPLATES = Path(__file__).with_name("new_assignment")


def write_skeleton(course: Course, assignment_id: str, title: str | None = None) -> None:
    """Write a new assignment: its own files, a solution, and hidden tests with a corpus.

    Args:
        course: The checkout.
        assignment_id: Such as `m07_example`.
        title: By default, made from the id: `Module 7: Example`.

    Raises:
        AssignmentError: The id or the title is not valid, or an assignment has this id already.
    """
    title = title_of(assignment_id) if title is None else title
    if not _is_valid(Identifier, assignment_id):
        raise AssignmentError(
            f"{assignment_id!r} is not a valid id: use small letters, digits and _, as m07_example"
        )
    if not _is_valid(Title, title) or not title.isprintable():
        raise AssignmentError("--title: give 1 to 100 characters, without line breaks")
    folders = {
        "assignment": course.assignments / assignment_id,
        "solution": course.solutions / assignment_id,
        "suite": course.suites / assignment_id,
    }
    for folder in folders.values():
        if folder.exists():
            raise AssignmentError(f"{folder} exists already: choose another id")
    pythons = [course.load(known).python for known in course.ids()]
    values = values_of(assignment_id, title, max(pythons, default=PYTHON))
    for part, folder in folders.items():
        for name, text in filled_in(_TEMPLATES / part, values).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)


def title_of(assignment_id: str) -> str:
    """Make a title from an id: `Module 7: Word count` from `m07_word_count`."""
    module = re.match(r"m(\d+)_", assignment_id)
    words = assignment_id[module.end() if module else 0 :].replace("_", " ").capitalize()
    return f"Module {int(module[1])}: {words}" if module else words


def _is_valid(kind: Any, value: str) -> bool:
    """Tell whether a value is valid in `assignment.toml`."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True
