"""Reads what people gave in a gradebook: their points, and which notebook they saw."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from autograder.errors import GradebookError
from autograder.gradebook.database import StudentPoints, open_database
from autograder.gradebook.marking.copies import read_copy

DATABASE = "gradebook.db"
COPIES = "autograded"
"""Where nbgrader keeps what markers see: `autograded/ID/m06-concepts/concepts.ipynb`."""

MARKERS = "markers"
"""Where the folders of several markers are, each with its database and copies."""


def names_in_database(assignment_id: str) -> tuple[str, str]:
    """Return what nbgrader calls the two parts of an assignment: the code, and the notebook."""
    short = assignment_id.split("_")[0]
    return f"{short}-code", f"{short}-concepts"


def read_points(folder: Path, assignment_id: str) -> Mapping[str, StudentPoints]:
    """Return what people gave each student, by id; empty until the database exists.

    Args:
        folder: The gradebook's.
        assignment_id: Whose points they are.

    Raises:
        GradebookError: The database cannot be used.
    """
    if not (folder / DATABASE).exists():
        return {}
    with open_database(folder / DATABASE, *names_in_database(assignment_id)) as database:
        return with_copies(database.read(), folder, assignment_id)


def with_copies(
    points: Mapping[str, StudentPoints], folder: Path, assignment_id: str
) -> dict[str, StudentPoints]:
    """Add which notebook the markers of each student see."""
    _, written = names_in_database(assignment_id)
    return {
        student: replace(given, marked_notebook=_digest_of_copy(folder, student, written))
        if given.marks
        else given
        for student, given in points.items()
    }


def _digest_of_copy(folder: Path, student: str, written: str) -> str | None:
    for file in (folder / COPIES / student / written).glob("*.ipynb"):
        with suppress(OSError, UnicodeDecodeError, GradebookError):
            return read_copy(file.read_text(encoding="utf-8")).notebook_digest
    return None
