"""The fixtures of the checks: your files."""

import pytest

from checks.student_code import StudentFile


@pytest.fixture(scope="module")
def greeting() -> StudentFile:
    """Your greeting."""
    return StudentFile("greeting.py")
