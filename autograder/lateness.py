"""How late something was handed in under a policy, and what that costs.

A late day ends when the clocks of the course show the deadline's time again, so that a day on which
they are changed has 23 or 25 hours. If an hour comes twice, the second counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from autograder.policy import Enrolled, LatePenalty, Policy
from autograder.text import rounded

_HandIn = TypeVar("_HandIn")


@dataclass(frozen=True)
class Lateness:
    """How late something was handed in, and what that costs."""

    due: datetime | None
    """None: nothing says when."""
    handed_in_at: datetime | None
    """None: it is not known, and so it is not late."""
    days: int
    """Days begun after the deadline; 0: in time, or within the grace."""
    percent: float
    """To be taken off the points."""
    counts: bool
    """False: too late to count at all."""


def lateness(policy: Policy, student: Enrolled | None, handed_in_at: datetime | None) -> Lateness:
    """Return how late something was handed in, and what that costs.

    Args:
        policy: The course's.
        student: Whose it is; None for one without an extension.
        handed_in_at: When it came, such as when GitHub received a push; None if that is not known.
    """
    due = policy.due(student)
    days = policy.late_days(due, handed_in_at) if handed_in_at else 0
    if not days:
        return Lateness(due, handed_in_at, 0, 0.0, counts=True)
    late = policy.late or LatePenalty(percent_per_day=0)
    counts = late.days is None or days <= late.days
    percent = min(100.0, late.percent_per_day * days) if counts else 100.0
    return Lateness(due, handed_in_at, days, percent, counts=counts)


def counting(
    hand_ins: Sequence[_HandIn], lateness_of: Callable[[_HandIn], Lateness]
) -> _HandIn | None:
    """Return which of a student's hand-ins counts: the last in time, or else the last of the late.

    Args:
        hand_ins: From the oldest to the newest.
        lateness_of: Says how late each is.

    Returns:
        None if all are too late.
    """
    in_time = [hand_in for hand_in in hand_ins if not lateness_of(hand_in).days]
    found = in_time or [hand_in for hand_in in hand_ins if lateness_of(hand_in).counts]
    return found[-1] if found else None


def with_zone(policy: Policy, moment: datetime) -> datetime:
    """Return a time with its zone; without one, it is taken for a time of the course's clocks."""
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=ZoneInfo(policy.timezone))


def after_penalty(score: float, percent: float) -> float:
    """Return a score without the points that lateness costs, with two decimals."""
    return rounded(score * (100 - percent) / 100)
