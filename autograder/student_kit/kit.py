"""Lays out the files that student repositories share."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from autograder import admission
from autograder.admission import CHECKS
from autograder.assignment import Assignment

COPIED = (
    "# A copy of the rules by which the grader takes your files; a change here changes no grade.\n"
)
_COMMON = Path(__file__).with_name("common")
_AWS = Path(__file__).with_name("aws")
_QUOTING = (".json", ".toml")
"""Files in which a value stands between double quotes."""


def kit_files(assignment: Assignment) -> dict[str, str]:
    """Return what the kit gives to an assignment's student repository, text by name."""
    values = values_of(assignment.id, assignment.title, assignment.python)
    parts = [_COMMON, _AWS] if assignment.simulated_aws else [_COMMON]
    files: dict[str, str] = {}
    for part in parts:
        files |= filled_in(part, values)
    rules = Path(admission.__file__)
    return files | {f"{CHECKS}/{rules.name}": f"{COPIED}{rules.read_text('utf-8')}"}


def values_of(assignment_id: str, title: str, python: str) -> dict[str, str]:
    """Return the values of the `@keys@` in files of the kit."""
    return {
        "id": assignment_id,
        "name": re.sub(r"^m\d+_", "", assignment_id).replace("_", "-"),  # of a Python project
        "title": title,
        "short_title": title.rpartition(": ")[2],  # without "Module 6: "
        "python": python,
    }


def filled_in(folder: Path, values: Mapping[str, str]) -> dict[str, str]:
    """Read the files of a folder, by name, with values in place of their `@keys@`."""
    return {
        path.relative_to(folder).as_posix(): _filled_in(path, values)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def _filled_in(path: Path, values: Mapping[str, str]) -> str:
    text = path.read_text("utf-8")
    for key, value in values.items():
        quoted = json.dumps(value, ensure_ascii=False)[1:-1]
        text = text.replace(f"@{key}@", quoted if path.suffix in _QUOTING else value)
    return text
