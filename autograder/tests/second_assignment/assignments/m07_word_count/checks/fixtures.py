"""What the checks have at hand: your file."""

import pytest

from checks.student_code import StudentFile


@pytest.fixture(scope="module")
def words() -> StudentFile:
    """Your function."""
    return StudentFile("word_count.py")
