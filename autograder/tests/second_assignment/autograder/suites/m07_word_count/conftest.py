"""What the hidden tests share: the graded file."""

import pytest

from autograder.testing import Module, StudentCode


@pytest.fixture
def words(student: StudentCode) -> Module:
    """Give the student's function."""
    return student.module("word_count")
