"""How late something was handed in under a policy, and what that costs.

A late day ends when the clocks of the course show the deadline's time again, so that a day on which
they are changed has 23 or 25 hours. If an hour comes twice, the second counts.
"""

from dataclasses import dataclass
from datetime import datetime

from autograder.policy import Enrolled, LatePenalty, Policy
from autograder.text import rounded


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


def after_penalty(score: float, percent: float) -> float:
    """Return a score without the points that lateness costs, with two decimals."""
    return rounded(score * (100 - percent) / 100)
