"""What the hidden tests share: the graded file."""

import pytest

from autograder.testing import Module, Student


@pytest.fixture
def words(student: Student) -> Module:
    """Give the student's function."""
    return student.module("word_count")
