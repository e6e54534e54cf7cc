"""What the hidden tests share: the graded files."""

import pytest

from autograder.testing import Module, Student


@pytest.fixture
def greeting(student: Student) -> Module:
    """Give the student's greeting."""
    return student.module("greeting")
