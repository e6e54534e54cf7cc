"""What grades many submissions: hand one in, and its grade comes as a future."""

from concurrent.futures import Future
from typing import Protocol

from autograder.grading.foreman.examiner import Examiner
from autograder.grading.foreman.pool import ExaminerPool
from autograder.grading.grade import Grade
from autograder.submission import Submission


class Graders(Protocol):
    """Several examiners, wherever they are."""

    @property
    def window(self) -> int:
        """How many submissions to have under way."""

    def submit(self, submission: Submission) -> "Future[tuple[Grade, str]]":
        """Have one graded; see `Examiner.grade`."""

    def complaint(self) -> str:
        """Say why nothing has come for a while, if that is known; else empty."""


class LocalGraders:
    """The examiners of this machine.

    Args:
        pool: Those.
    """

    def __init__(self, pool: ExaminerPool) -> None:
        self._pool = pool
        self.window = pool.window

    def submit(self, submission: Submission) -> "Future[tuple[Grade, str]]":
        """Have one graded by an examiner that is free."""
        return self._pool.submit(Examiner.grade, submission)

    def complaint(self) -> str:
        """Nothing ever keeps them from going on."""
        return ""
