"""Finds hand-ins that may be late, and of which the gradebook does not say when they came.

Most downloads tell a time, or a mark such as Canvas's `LATE`. No penalty follows from that: the
clock's zone is not always known, and a teacher may have agreed to a later time in the LMS. An
instructor reads it, and decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.course.class_submissions import ClassSubmissions
from autograder.gradebook.handins import HANDINS_FILE
from autograder.intake.hand_ins import StudentHandIn
from autograder.lateness import with_zone
from autograder.some_names import some_of
from autograder.text import counted, plural


@dataclass(frozen=True)
class _LateSign:
    """A hand-in that may be late."""

    student: str
    exact: datetime | None
    """When it came, if the source says so with a zone."""


def line_on_unknown_times(submissions: ClassSubmissions, gradebook: Path) -> str:
    """Say which hand-ins may be late without a time in the gradebook, and where to write it.

    Args:
        submissions: The class, with what its gradebook knows.
        gradebook: The gradebook's folder.

    Returns:
        A line; empty if there are none, or if nothing can be late.
    """
    found = list(_late_signs(submissions))
    if not found:
        return ""
    exact = [f"`{sign.student},{sign.exact.isoformat()}`" for sign in found if sign.exact]
    told = f"; the download has these times: {some_of(exact)}" if exact else ""
    return (
        f"{counted(len(found), 'hand-in')} may be late, and the gradebook does not know"
        f" {plural(len(found), 'its time', 'their times')}:"
        f" {some_of([sign.student for sign in found])}: write `student,handed_in_at` into"
        f" {gradebook / HANDINS_FILE}{told}"
    )


def line_without_times(submissions: ClassSubmissions, gradebook: Path) -> str:
    """Say that nothing tells when anybody handed in, though lateness costs points.

    Args:
        submissions: The class, with what its gradebook knows.
        gradebook: The gradebook's folder.

    Returns:
        A line; empty if something tells it, or if nothing can be late.
    """
    policy = submissions.policy
    graded = [work for work in submissions.handed_in if not submissions.excuses(work.student)]
    is_any_known = any(handin.handed_in_at for handin in submissions.handins.values())
    tells = any(
        isinstance(work, StudentHandIn)
        and (work.hand_in.sent_at is not None or work.hand_in.is_late is not None)
        for work in graded
    )
    if not (policy.late and (policy.deadline or policy.extensions) and graded):
        return ""
    if is_any_known or tells:
        return ""
    return (
        f"[late] takes points off late work, but no times are known, so nothing is late: write"
        f" them as `student,handed_in_at` into {gradebook / HANDINS_FILE}, or remove [late]"
    )


def _late_signs(submissions: ClassSubmissions) -> Iterator[_LateSign]:
    policy = submissions.policy
    if not (policy.deadline or policy.late or policy.extensions):
        return
    for work in submissions.handed_in:
        noted = submissions.handins.get(work.student)
        is_known = noted is not None and noted.handed_in_at is not None
        if not isinstance(work, StudentHandIn) or is_known or submissions.excuses(work.student):
            continue
        hand_in = work.hand_in
        due = policy.due(submissions.student(work.student))
        moment = None if hand_in.sent_at is None else with_zone(policy, hand_in.sent_at)
        if hand_in.is_late or (moment is not None and policy.late_days(due, moment) > 0):
            is_exact = hand_in.sent_at is not None and hand_in.sent_at.tzinfo is not None
            yield _LateSign(work.student, hand_in.sent_at if is_exact else None)
