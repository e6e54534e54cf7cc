"""Keeps with the results of a class run by which terms they counted: penalties, excuses, rulings.

A course file may change before the class is graded again. Without the terms of before, nothing
could say who gained or lost points by that.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from autograder.files import write_whole
from autograder.policy import Ruling

TERMS_FILE = ".terms"
"""In the folder of the results, and copied with it."""


class StudentTerms(BaseModel):
    """By which terms one student's points counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    penalty_percent: float = Field(default=0.0, ge=0, le=100)
    excused: bool = False


class KeptTerms(BaseModel):
    """By which terms the points of a class counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tests: Mapping[str, Ruling] = Field(default_factory=dict)
    students: Mapping[str, StudentTerms] = Field(default_factory=dict)


def write_terms(
    results: Path, tests: Mapping[str, Ruling], terms_of: Callable[[str], StudentTerms]
) -> None:
    """Keep the terms of all students who have a result.

    Args:
        results: The folder of the results.
        tests: The rulings on tests.
        terms_of: Returns the terms of a student, by id.

    Raises:
        AutograderError: The file cannot be written.
    """
    names = sorted(path.stem for path in results.glob("*.json"))
    terms = KeptTerms(tests=tests, students={name: terms_of(name) for name in names})
    write_whole(results / TERMS_FILE, terms.model_dump_json(indent=1) + "\n")


def read_terms(results: Path) -> KeptTerms | None:
    """Read the terms of results; None if none were kept, or if the file is broken."""
    try:
        return KeptTerms.model_validate_json((results / TERMS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a ValidationError is one
        return None
