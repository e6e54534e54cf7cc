"""Chooses which of a student's hand-ins counts, by the same rule as for pushes to GitHub.

The last one in time counts or, if there is none, the last one within the days for late work. If all
came later, it is the newest. If a source does not say when each came, it is the newest, too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from autograder.gradebook.student import Student
from autograder.intake.hand_ins import HandIn, StudentHandIn
from autograder.lateness import Lateness, counting, lateness, with_zone
from autograder.policy import Policy

_ROUNDED = timedelta(minutes=1)
"""Some sources tell a time without seconds, and so do people."""


def choose_hand_in(
    student: Student, hand_ins: Sequence[HandIn], policy: Policy, left_out: Sequence[HandIn] = ()
) -> StudentHandIn:
    """Choose the hand-in by which a student is graded.

    Args:
        student: Whose they are.
        hand_ins: Not empty.
        policy: Says what is late. A time without a zone is in the course's.
        left_out: More of the student's, which a person has left out.
    """
    ordered = sorted(hand_ins, key=_age)
    moments = [_moment(hand_in, policy) for hand_in in ordered]
    late = [lateness(policy, student, moment) for moment in moments]
    at, why = len(ordered) - 1, ""
    if len(ordered) > 1 and policy.due(student) is not None and all(moments):
        found = counting(range(len(ordered)), late.__getitem__)
        at = at if found is None else found
        why = _why(late[at])
    others = [moment for place, moment in enumerate(moments) if place != at]
    others += [_moment(hand_in, policy) for hand_in in left_out]
    return StudentHandIn(
        student.id,
        ordered[at],
        older=tuple(hand_in.origin for hand_in in ordered[:at]),
        newer=tuple(hand_in.origin for hand_in in ordered[at + 1 :]),
        why=why,
        came_at=moments[at],
        others_came_at=tuple(moment for moment in others if moment is not None),
    )


def time_of_counting(work: StudentHandIn, noted: datetime) -> datetime | None:
    """Return when a hand-in came if the time that was noted is another hand-in's; else None.

    A noted time that is near to none stays, unless the hand-in that counts came before it: a
    person may have agreed to an earlier time.

    Args:
        work: The hand-in that counts, and when the student's others came.
        noted: What the gradebook has.
    """
    if work.came_at is None or not work.others_came_at:
        return None
    nearest = min(abs(noted - moment) for moment in work.others_came_at)
    if abs(noted - work.came_at) <= nearest:
        return None
    return work.came_at if nearest < _ROUNDED or work.came_at < noted else None


def _why(late: Lateness) -> str:
    """Say why a hand-in counts and others do not."""
    if not late.counts:
        return "the newest, as all are too late"
    return "the last within the days for late work" if late.days else "the last in time"


def _moment(hand_in: HandIn, policy: Policy) -> datetime | None:
    return None if hand_in.sent_at is None else with_zone(policy, hand_in.sent_at)


def _age(hand_in: HandIn) -> tuple[str, float, str]:
    """Sort the hand-ins of a student, the oldest first."""
    moment = hand_in.handed_in_at
    return hand_in.attempt, moment.timestamp() if moment else 0.0, hand_in.origin
