"""Renders the files that all student repositories share."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from autograder.admission import CHECKS
from autograder.assignment import Assignment

COPIED_RULES = "admission.py"
COPIED_CASES = "cases.py"
COPIED_MODULES = {
    COPIED_RULES: "# A copy of the grader's rules for your files. Changing this copy does not "
    "change a grade.\n",
    COPIED_CASES: "# A copy of what the grader writes cases with.\n",
}
"""The grader's own modules that students get, and the line above each copy."""

_GRADER = Path(__file__).parents[1]
_COMMON = Path(__file__).with_name("common")
_AWS = Path(__file__).with_name("aws")
_QUOTING = (".json", ".toml")
"""Files in which the `@keys@` are inside double quotes: their values are escaped."""


def kit_files(assignment: Assignment) -> dict[str, str]:
    """Return the kit's files for an assignment's student repository, as texts by file name."""
    values = values_of(assignment.id, assignment.title, assignment.python)
    parts = [_COMMON, _AWS] if assignment.simulated_aws else [_COMMON]
    files: dict[str, str] = {}
    for part in parts:
        files |= filled_in(part, values)
    for name, note in COPIED_MODULES.items():
        if name != COPIED_CASES or assignment.simulated_aws:
            files[f"{CHECKS}/{name}"] = note + (_GRADER / name).read_text("utf-8")
    return files


def values_of(assignment_id: str, title: str, python: str) -> dict[str, str]:
    """Return the values that replace the `@keys@` in files of the kit."""
    return {
        "id": assignment_id,
        "name": re.sub(r"^m\d+_", "", assignment_id).replace("_", "-"),  # of a Python project
        "title": title,
        "short_title": title.rpartition(": ")[2],  # without "Module 6: "
        "python": python,
    }


def filled_in(folder: Path, values: Mapping[str, str]) -> dict[str, str]:
    """Read all files of a folder, and replace their `@keys@` by values. Returns texts by name."""
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
