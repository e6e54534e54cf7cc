"""Writes grades into an LMS, one student at a time, so that it can be stopped at any moment.

For each student: look, write what is missing, look again. So

* killed before the write: nothing is there, and the next run does it;
* killed after it, or its answer lost: we look before we write again, find it, and go on. What is
  half there, a grade without its comment, is completed;
* somebody changed the grade since the plan was shown: it is left alone, and reported.

Canvas can take all grades in one request (`update_grades`), as a job that is polled. We do not use
it: a job that we lost sight of may still be running, it does not say which students it has done,
and so a second one could post comments twice.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Protocol

from autograder.errors import LmsError
from autograder.gradebook.lms.client import FAILURE_PAUSE, UncertainLmsError
from autograder.gradebook.lms.comments import is_there
from autograder.gradebook.lms.plan import Difference, LmsAssignment, LmsGrade
from autograder.gradebook.student import Student

MOST_WRITES = 3
"""Of the same grade, while the LMS's answers to it are lost."""


class GradePart(Enum):
    """The parts of what is written for one student."""

    VALUE = "value"
    COMMENT = "comment"


class LmsCourse(Protocol):
    """An assignment in an LMS whose grades can be read and written."""

    def read_all(self, students: Sequence[Student]) -> LmsAssignment:
        """Read the assignment, and what it has of everybody, of these students at least.

        Raises:
            LmsError: It cannot be read.
        """

    def read(self, person: int) -> LmsGrade:
        """Read what the assignment has of one person now.

        Raises:
            LmsError: It cannot be read.
        """

    def write(self, difference: Difference, missing: frozenset[GradePart]) -> None:
        """Write what is missing for one student, in one request.

        Args:
            difference: The grade and the comment that must be there in the end.
            missing: What is not there yet; an LMS that keeps one comment is sent both parts.

        Raises:
            UncertainLmsError: It may have been written or not.
            LmsError: It was not written.
        """


class PushResult(StrEnum):
    """How a push ended for one student."""

    WRITTEN = "written"
    CHANGED = "changed in the LMS meanwhile: run it again"
    NOT_TAKEN = "the LMS did not keep it"
    FAILED = "failed"


@dataclass(frozen=True)
class Pushed:
    """How a push ended for one student, and why."""

    student: Student
    result: PushResult
    why: str = ""


def push(
    lms: LmsCourse,
    differences: Sequence[Difference],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Pushed]:
    """Write differences, and yield how each ended; one that fails stops no other.

    Args:
        lms: Where to.
        differences: As `make_plan` found them.
        sleep: Waits for a number of seconds.
    """
    # Excuses first: a group's grade then leaves them alone, in Canvas.
    for difference in sorted(differences, key=lambda found: not found.after.is_excused):
        try:
            result = _push_one(lms, difference, sleep)
        except LmsError as error:
            yield Pushed(difference.student, PushResult.FAILED, str(error))
        else:
            yield Pushed(difference.student, result)


def _push_one(lms: LmsCourse, difference: Difference, sleep: Callable[[float], None]) -> PushResult:
    for number in range(MOST_WRITES):
        there = lms.read(difference.person)
        missing = missing_parts(difference, there)
        if not missing:
            return PushResult.WRITTEN
        is_graded = GradePart.VALUE not in missing
        if there.has_comment_to_lose or not (is_graded or difference.before.equals(there.value)):
            return PushResult.CHANGED
        try:
            lms.write(difference, missing)
        except UncertainLmsError:
            if number == MOST_WRITES - 1:
                raise
            sleep(FAILURE_PAUSE * 2.0**number)
        else:
            # The LMS may ignore points without a word, for the sake of a rubric.
            is_kept = not missing_parts(difference, lms.read(difference.person))
            return PushResult.WRITTEN if is_kept else PushResult.NOT_TAKEN
    raise AssertionError


def missing_parts(difference: Difference, there: LmsGrade) -> frozenset[GradePart]:
    """Return what the LMS does not have yet of what must be there in the end."""
    comment = difference.comment
    is_commented = comment is None or is_there(comment, there.comments)
    return frozenset(
        part
        for part, is_done in (
            (GradePart.VALUE, difference.after.equals(there.value)),
            (GradePart.COMMENT, is_commented),
        )
        if not is_done
    )
