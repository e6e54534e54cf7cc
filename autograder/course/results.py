"""The folder of a class run: whose turn it is, and whether the results in it are still right."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.files import locked_folder, make_folder, remove_leftovers, write_whole
from autograder.grading.grade import Grade
from autograder.grading.results import has_best_python

RESULTS = "results"
"""Folder with a grade for each student, `ID.json`."""
FEEDBACK = "feedback"
"""Folder of each student's page, `ID.html`."""
NOTEBOOKS, NOTEBOOK = "notebooks", ".ipynb"
"""Folder of each student's notebook as it was handed in, `ID.ipynb`; and how its name ends."""
GRADER_LOGS = "trouble"
"""Folder of what the grader printed when a test failed unexpectedly, `ID.txt`; it may show a
student's code, so it is for instructors alone."""


def is_current(grade: Grade, *, suite: str, confined: bool) -> bool:
    """Whether a grade was made as one would be made now, if its submission has not changed.

    Args:
        grade: The grade.
        suite: The digest of the hidden suite.
        confined: Whether code runs in a sandbox now.
    """
    return (
        grade.grader.suite == suite
        and has_best_python(grade)
        and grade.grader.sandbox == confined
        and not grade.is_incomplete
    )


def write_grader_log(folder: Path, student: str, text: str) -> None:
    """Write what the grader printed about a student's submission; an empty text removes it.

    Raises:
        AutograderError: It cannot be written.
    """
    path = folder / GRADER_LOGS / f"{student}.txt"
    if text:
        make_folder(path.parent)
        write_whole(path, f"{text}\n")
    else:
        path.unlink(missing_ok=True)


@contextmanager
def only_run_in(output: Path) -> Iterator[None]:
    """Hold an output folder for one run, and remove what killed runs left in it.

    Raises:
        AutograderError: Another run is writing there, or it cannot be made.
    """
    make_folder(output)
    with locked_folder(output, wait=False):
        remove_leftovers(output)
        yield
