"""What the hidden tests share: the graded files."""

import pytest

from autograder.testing import Module, StudentCode


@pytest.fixture
def greeting(student: StudentCode) -> Module:
    """Give the student's greeting."""
    return student.module("greeting")
