"""Does something for each student's repository, and reports what was done for whom.

Used for making repositories, updating the handout and releasing the solutions. Each of them asks
GitHub what is there already, so that a run that was interrupted can be started again and does what
is left.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from autograder.errors import AutograderError
from autograder.gradebook.student import Student
from autograder.policy import Policy, student_repositories
from autograder.text import counted, in_markdown

_ADDRESS = re.compile(r"https?://[\w.:/-]+")


class DistributionOutcome(StrEnum):
    """What was done for a student."""

    MADE = "made, student invited"
    TO_MAKE = "to be made"
    """By a dry run, as everything that begins with `TO_`."""
    INVITED = "student invited"
    TO_INVITE = "to be invited"
    WAITING = "invited before, not accepted yet"
    READY = "ready"
    """The student can write to the repository."""
    OFFERED = "new handout offered"
    MOVED = "new handout added to the open pull request"
    TO_OFFER = "new handout to be offered"
    OFFERED_BEFORE = "offered before"
    CURRENT = "has the newest handout"
    RELEASED = "released"
    TO_RELEASE = "to be released"
    RELEASED_BEFORE = "released before"
    NOT_DUE = "not due yet"
    SAME = "hands in the same files"
    """There is nothing that a pull request could show."""
    NO_LOGIN = "no login known"
    UNKNOWN_LOGIN = "no such login on GitHub"
    FAILED = "failed"


NEED_A_PERSON = (
    DistributionOutcome.FAILED,
    DistributionOutcome.UNKNOWN_LOGIN,
    DistributionOutcome.NO_LOGIN,
)
"""Outcomes of students who got nothing until somebody acts; the most urgent first."""

Action = Callable[[Student, str], tuple[DistributionOutcome, str]]
"""Acts for a student with a repository, `owner/name`; returns the outcome and a note."""


@dataclass(frozen=True)
class StudentResult:
    """What was done for one student."""

    student: str
    repository: str
    outcome: DistributionOutcome
    note: str = ""
    """An address, when it is due, or what went wrong."""


def for_each_student(
    policy: Policy, students: Iterable[Student], action: Action
) -> Iterator[StudentResult]:
    """Act for each student; one for whom it fails stops no other.

    Args:
        policy: Says which repository is whose.
        students: The students.
        action: What to do. If it raises an `AutograderError`, the outcome is `FAILED`.

    Yields:
        The result for each student.
    """
    organization = student_repositories(policy).organization
    for student in students:
        name = policy.repository_of(student)
        if name is None:
            yield StudentResult(student.id, "", DistributionOutcome.NO_LOGIN)
            continue
        full_name = f"{organization}/{name}"
        try:
            outcome, note = action(student, full_name)
        except AutograderError as error:
            outcome, note = DistributionOutcome.FAILED, str(error)
        yield StudentResult(student.id, full_name, outcome, note)


def results_page(
    heading: str, now: datetime, results: Iterable[StudentResult], *, dry_run: bool
) -> str:
    """Write what was done as a page in Markdown, students who need a person first."""
    return "\n".join(_page_lines(heading, now, tuple(results), dry_run)) + "\n"


def _page_lines(
    heading: str, now: datetime, results: tuple[StudentResult, ...], dry_run: bool
) -> Iterator[str]:
    dry = " (a dry run: nothing was written)" if dry_run else ""
    yield f"# {in_markdown(heading)}{dry}"
    yield ""
    yield f"{now:%Y-%m-%d %H:%M %Z}, {counted(len(results), 'student')}."
    yield ""
    for outcome in DistributionOutcome:
        number = sum(result.outcome is outcome for result in results)
        if number:
            yield f"* {number} {outcome}"
    yield ""
    yield "| student | repository | | |"
    yield "|---|---|---|---|"
    urgency = {outcome: at for at, outcome in enumerate(NEED_A_PERSON)}
    for result in sorted(results, key=lambda result: urgency.get(result.outcome, len(urgency))):
        cells = [in_markdown(cell) for cell in (result.student, result.repository, result.outcome)]
        is_address = _ADDRESS.fullmatch(result.note)
        note = f"<{result.note}>" if is_address else in_markdown(result.note)
        yield f"| {' | '.join([*cells, note])} |"
