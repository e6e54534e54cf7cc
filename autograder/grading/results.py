"""Grades kept in files: read where they are whole, replaced as a whole or not at all."""

import json
from pathlib import Path

from pydantic import ValidationError

from autograder.files import write_whole
from autograder.grading.grade import Grade
from autograder.sandbox import find_interpreter


def read_result(path: Path) -> Grade | None:
    """Read a grade that was written before; None if there is none, or it is broken."""
    try:
        return Grade.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError, ValidationError):
        return None


def has_best_python(grade: Grade) -> bool:
    """Whether a grade was made with the Python that is named, or none such is installed here."""
    grader = grade.grader
    return grader.python == grader.python_named or not find_interpreter(grader.python_named)


def write_result(path: Path, grade: Grade) -> None:
    """Keep a grade.

    Raises:
        AutograderError: It cannot be written.
    """
    write_whole(path, json.dumps(grade.model_dump(), indent=1) + "\n")
