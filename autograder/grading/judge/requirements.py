"""The requirements that a suite judges, in the handout's words: `requirements.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import AssignmentError

REQUIREMENTS_FILE = "requirements.toml"

Requirements = Mapping[str, str]
"""Requirement id, such as `W3`, to one sentence."""


def read_requirements(suite: Path) -> Requirements:
    """Read a suite's requirements.

    Raises:
        AssignmentError: The file is missing or is no table of sentences.
    """
    path = suite / REQUIREMENTS_FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AssignmentError(f"{path}: cannot be read: {error}") from None
    for key, value in table.items():
        if not isinstance(value, str) or not value:
            raise AssignmentError(f"{path}: {key}: should be one sentence")
    return table
