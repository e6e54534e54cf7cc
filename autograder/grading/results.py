"""Grades kept in files: read where they are whole, replaced as a whole or not at all."""

import json
from pathlib import Path

from pydantic import ValidationError

from autograder.errors import AutograderError
from autograder.files import write_whole
from autograder.grading.grade import Grade
from autograder.sandbox import find_interpreter

LARGEST_RESULT = 16 << 20
"""Bytes: feedback is truncated when it is made, so that no grade comes near it."""


class EarlierVersionError(AutograderError):
    """A grade was written by an earlier version, and does not say which points are open."""


def load_grade(path: Path) -> Grade:
    """Read a grade.

    Raises:
        AutograderError: It cannot be read.
        EarlierVersionError: It was written by an earlier version.
    """
    found: object = None
    try:
        if path.stat().st_size > LARGEST_RESULT:
            raise AutograderError(f"{path}: is too large for a grade")
        found = json.loads(path.read_text(encoding="utf-8"))
        return Grade.model_validate(found)
    except (OSError, ValueError, RecursionError, ValidationError) as error:
        if isinstance(found, dict) and found.get("schema_version") == 1:
            raise EarlierVersionError(
                f"{path}: is a grade of an earlier version: grade the submission again"
            ) from None
        reason = str(error).splitlines()[0][:200]
        raise AutograderError(
            f"{path}: is not a grade as `autograder grade` writes it: {reason}"
        ) from None


def read_result(path: Path) -> Grade | None:
    """Read a grade that was written before; None if there is none, or it is broken."""
    try:
        return load_grade(path)
    except AutograderError:
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
