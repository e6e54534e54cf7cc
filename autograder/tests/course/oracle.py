"""Says what the result of a student's term must be, from what really happened.

This is written apart from the code under test, and shares nothing with it. Its input is who pushed
which version of the work when; it knows nothing of commits' contents, lists of activities, or
GitHub. Versions are labels: the same version is the same graded files.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Version = Hashable
HANDOUT: Version = "handout"
"""The version that nobody made."""


@dataclass
class Rules:
    """What the course says, for this student, at one moment."""

    zone: str
    due: datetime
    """By the clocks of the zone, without a zone."""
    grace: timedelta
    percent_per_day: float
    days: int | None
    """How many days late work counts; None: without end."""

    def late_days(self, moment: datetime) -> int:
        """Count the days that have begun after the deadline; 0: in time."""
        if moment <= _instant(self.due, self.zone, first=True) + self.grace:
            return 0
        days = 1
        while moment > _instant(self.due + timedelta(days=days), self.zone, first=False):
            days += 1
        return days

    def counts(self, moment: datetime) -> bool:
        """Tell whether what came at a moment counts."""
        late = self.late_days(moment)
        return late == 0 or self.days is None or late <= self.days

    def percent(self, moment: datetime) -> float:
        """Return what is taken off."""
        return min(100.0, self.late_days(moment) * self.percent_per_day)


def _instant(clock: datetime, zone: str, *, first: bool) -> datetime:
    """Return when the clocks of a zone show a time: the first or the last time that they do.

    Where they never do, because they are set forward, it is as if they were not set yet.
    """
    here = ZoneInfo(zone)
    day = timedelta(days=1)
    offsets = {
        moment.replace(tzinfo=UTC).astimezone(here).utcoffset() or timedelta()
        for moment in (clock - day, clock + day)
    }
    instants = sorted((clock - offset).replace(tzinfo=UTC) for offset in offsets)
    real = [
        instant for instant in instants if instant.astimezone(here).replace(tzinfo=None) == clock
    ]
    if not real:
        return instants[-1]
    return real[0] if first else real[-1]


@dataclass
class _Made:
    """What happened to a version that the student made."""

    made_at: datetime
    came_at: datetime | None = None
    """When it first stood on the graded branch."""
    held_at: datetime | None = None
    """When the student put it there last, or staff put it there first."""
    first_commit: str = ""
    last_commit: str = ""


@dataclass(frozen=True)
class Expected:
    """What must come of a student."""

    has_handed_in: bool
    commit: str | None = None
    """The commit that counts."""
    at: datetime | None = None
    graded: str | None = None
    """The commit by which the student is graded: it counts, or all is too late."""
    graded_at: datetime | None = None
    newest: str | None = None
    """The commit at which the newest hand-in has its feedback."""
    newest_at: datetime | None = None
    is_newest_counting: bool = True
    other_branch: str | None = None
    """The branch whose work must be mentioned."""


class Oracle:
    """Follows one student's repository.

    Args:
        graded_branch: The branch that is graded.
    """

    def __init__(self, graded_branch: str = "main") -> None:
        self._graded = graded_branch
        self._students: dict[Version, _Made] = {}
        self._others: set[Version] = {HANDOUT}
        self._branches: dict[str, tuple[Version, datetime]] = {}

    def pushed(
        self, version: Version, commit: str, at: datetime, *, branch: str, by_student: bool
    ) -> None:
        """Note that somebody let a branch hold a version."""
        if version not in self._students and version not in self._others:
            if by_student:
                self._students[version] = _Made(at)
            else:
                self._others.add(version)
        if branch != self._graded:
            self._branches[branch] = (version, at)
            return
        made = self._students.get(version)
        if made is None:
            return
        if made.came_at is None:
            made.came_at = at if by_student else made.made_at
            made.first_commit = made.last_commit = commit
            made.held_at = at
        elif by_student:
            made.last_commit, made.held_at = commit, at

    def deleted(self, branch: str) -> None:
        """Note that a branch is gone."""
        self._branches.pop(branch, None)

    def expected(self, rules: Rules, now: datetime) -> Expected:
        """Say what must come of it."""
        handed_in = {
            made.held_at: made
            for made in self._students.values()
            if made.came_at is not None and made.held_at is not None
        }
        in_time = [
            held
            for held, made in handed_in.items()
            if made.came_at is not None and rules.late_days(made.came_at) == 0
        ]
        counts = in_time or [
            held
            for held, made in handed_in.items()
            if made.came_at is not None and rules.counts(made.came_at)
        ]
        counting = handed_in[max(counts)] if counts else None
        newest = handed_in[max(handed_in)] if handed_in else None
        graded = counting or newest
        return Expected(
            newest is not None,
            counting.first_commit if counting else None,
            counting.came_at if counting else None,
            graded.first_commit if graded else None,
            graded.came_at if graded else None,
            newest.last_commit if newest else None,
            newest.came_at if newest else None,
            newest is counting,
            self._other_branch(rules, now, counting),
        )

    def _other_branch(self, rules: Rules, now: datetime, counting: _Made | None) -> str | None:
        found: list[tuple[datetime, str]] = []
        for branch, (version, at) in self._branches.items():
            made = self._students.get(version)
            if made is None or made.came_at is not None or not rules.counts(at):
                continue
            if counting is None or counting.came_at is None:
                found.append((at, branch))
                continue
            is_over = rules.late_days(now) > 0
            is_newer = is_over and at > counting.came_at
            is_better = rules.late_days(at) == 0 and rules.late_days(counting.came_at) > 0
            if is_newer or is_better:
                found.append((at, branch))
        return max(found)[1] if found else None
