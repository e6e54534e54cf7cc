"""A course's policy, `course.toml`: where its repositories are, when work is due, what is shown.

    assignment = "m06_partitioned_logs"  # without it, the only one, or --assignment
    organization = "course-2026"
    repository = "m06-{login}"           # each student's, by login on GitHub
    roster = "roster.csv"                # next to this file
    staff = ["grace"]                    # logins whose pushes do not count
    timezone = "Europe/Berlin"           # of all times without an offset
    attempts_per_hour = 6                # gradings of one student; without it, any number
    closed_answers = "after_deadline"    # or "immediately"; see below

    [deadline]
    at = 2026-12-01T23:59:00
    grace_minutes = 15                   # late by no more is not late

    [late]                               # without it, lateness costs nothing
    percent_per_day = 10                 # of the points, for each day begun; see below
    days = 3                             # later work is graded, but does not count

    [extensions]                         # by login or id: due then, instead
    ada = 2026-12-08T23:59:00
    [[feedback]]                         # without any, all is shown from the start
    detail = "titles"                    # full, titles or score
    [[feedback]]
    detail = "full"
    from = 2026-12-05T12:00:00

Until a student's deadline and its grace are over, feedback on a closed question says only whether
an answer of the right form is there, and its points are open; otherwise a few pushes would tell
the whole answer key. `closed_answers = "immediately"` shows the verdicts from the start. How much
of a verdict is shown follows from `[[feedback]]`.

A late day ends when the clocks of the course show the deadline's time again, so that a day on which
they are changed has 23 or 25 hours. If an hour comes twice, the second counts.

What follows from it is computed by pure functions: they are given the moment, and ask no clock.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from autograder.assignment import Identifier
from autograder.errors import PolicyError
from autograder.feedback.content import Detail
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student

DEFAULT_COURSE = Path("course/course.toml")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

_REPOSITORY = re.compile(r"[A-Za-z0-9._-]*\{login\}[A-Za-z0-9._-]*")


class _PolicyModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Deadline(_PolicyModel):
    """When work is due, without an extension."""

    at: datetime
    grace_minutes: int = Field(default=0, ge=0, le=24 * 60)


class LatePenalty(_PolicyModel):
    """What lateness costs."""

    percent_per_day: float = Field(ge=0, le=100, strict=False)
    days: int | None = Field(default=None, ge=0)
    """After this many days, work does not count any more; None: it always counts."""


class FeedbackStage(_PolicyModel):
    """How much is shown from some moment on."""

    detail: Detail = Field(strict=False)
    begins: datetime | None = Field(default=None, alias="from")
    """None: from the start."""


class Policy(_PolicyModel):
    """A course's policy; all times have a zone."""

    assignment: Identifier | None = None
    """Which one is due; `choice.choose_assignment` reads it, too."""
    organization: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}$")]
    repository: str
    roster: Path = Field(default=Path("roster.csv"), strict=False)
    staff: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Logins on GitHub; bots and owners of the organisation are staff without being named."""
    timezone: str
    attempts_per_hour: int | None = Field(default=None, ge=1)
    closed_answers: Literal["after_deadline", "immediately"] = "after_deadline"
    """When students see the verdicts on their closed answers."""
    deadline: Deadline
    late: LatePenalty | None = None
    extensions: Mapping[str, datetime] = Field(default_factory=dict)
    excused: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Students for whom the assignment does not count, by login or id."""
    feedback: Annotated[tuple[FeedbackStage, ...], Field(strict=False)] = ()

    @field_validator("repository")
    @classmethod
    def _names_each_student_s(cls, pattern: str) -> str:
        if not _REPOSITORY.fullmatch(pattern):
            raise ValueError("must be letters, digits, '.', '_', '-', and {login} once")
        return pattern

    @model_validator(mode="after")
    def _stages_follow_each_other(self) -> Self:
        begins = [stage.begins for stage in self.feedback[1:]]
        if any(stage.begins is None for stage in self.feedback[1:]):
            raise ValueError("feedback: each but the first must say `from` when it is shown")
        if begins != sorted(begins, key=lambda moment: moment or datetime.max):
            raise ValueError("feedback: must be in the order of their times")
        return self

    def repository_of(self, student: Student) -> str | None:
        """Return the name of a student's repository, without owner; None without a login."""
        return self.repository.format(login=student.login.lower()) if student.login else None

    def due(self, student: Student | None) -> datetime:
        """When a student's work is due; for None, the deadline without an extension."""
        if student is None:
            return self.deadline.at
        for name, when in self.extensions.items():
            if name.casefold() in (student.id.casefold(), (student.login or "").casefold()):
                return when
        return self.deadline.at

    def in_time_until(self, student: Student | None) -> datetime:
        """Until when a push is in time: the student's deadline, grace included."""
        return self._local(self._in_time_until(self.due(student)))

    def counts_until(self, student: Student | None) -> datetime | None:
        """Until when a push counts, in time or late; None if it always does."""
        days = self.late.days if self.late else None
        if days is None:
            return None
        due = self.due(student)
        end = self._end_of_late_day(due, days)
        return self._local(max(end, self._in_time_until(due)))

    def late_days(self, due: datetime, moment: datetime) -> int:
        """Return how many days have begun between a deadline and a moment; 0 within the grace."""
        moment = moment.astimezone(UTC)
        if moment <= self._in_time_until(due):
            return 0
        days = max(1, (moment - due) // DAY - 1)  # changed clocks move it by less than a day
        while moment > self._end_of_late_day(due, days):
            days += 1
        return days

    # Python compares and adds times of one zone by their clock readings: calculate in UTC.
    def _in_time_until(self, due: datetime) -> datetime:
        return due.astimezone(UTC) + timedelta(minutes=self.deadline.grace_minutes)

    def _end_of_late_day(self, due: datetime, days: int) -> datetime:
        """Return when the clocks of the course show the deadline's time, `days` days later.

        An hour that comes twice, or not at all, counts as the later of what it may mean.
        """
        if not days:
            return due.astimezone(UTC)
        zone = ZoneInfo(self.timezone)
        clock = due.astimezone(zone).replace(tzinfo=None) + days * DAY
        return max(clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.timezone))

    def terms(self, student: Student) -> str:
        """Return a digest of all that decides which push counts, how late it is, and what it costs.

        What was published under other terms must be looked at again.
        """
        due, late = self.due(student).astimezone(UTC), self.late or LatePenalty(percent_per_day=0)
        terms = (
            *(due, self.deadline.grace_minutes, late.percent_per_day, late.days, self.timezone),
            *sorted(login.casefold() for login in self.staff),
        )
        return hashlib.sha256(repr(terms).encode()).hexdigest()[:12]

    def withheld_until(self, student: Student, moment: datetime) -> datetime | None:
        """Return until when verdicts on closed answers are withheld; None if they are shown now.

        The grace counts, since a push within it is not late.
        """
        last = self.in_time_until(student)
        withholds = self.closed_answers == "after_deadline" and moment.astimezone(UTC) <= last
        return last if withholds else None

    def detail_at(self, moment: datetime) -> Detail:
        """Return how much students see at a moment; before the first stage begins, the score."""
        shown = Detail.SCORE if self.feedback else Detail.FULL
        for stage in self.feedback:
            if stage.begins is None or stage.begins <= moment:
                shown = stage.detail
        return shown


@dataclass(frozen=True)
class Lateness:
    """How late something was handed in, and what that costs."""

    due: datetime
    pushed_at: datetime
    days: int
    """Days begun after the deadline; 0: in time, or within the grace."""
    percent: float
    """To be taken off the points."""
    counts: bool
    """False: too late to count at all."""

    def after_penalty(self, score: float) -> float:
        """Return a score without the points that lateness costs."""
        return round(score * (100 - self.percent) / 100, 2)


def lateness(policy: Policy, student: Student | None, pushed_at: datetime) -> Lateness:
    """Return how late a push is, and what that costs.

    Args:
        policy: The course's.
        student: Whose push it is; None for one without an extension.
        pushed_at: When GitHub received it.
    """
    due = policy.due(student)
    days = policy.late_days(due, pushed_at)
    if not days:
        return Lateness(due, pushed_at, 0, 0.0, counts=True)
    late = policy.late or LatePenalty(percent_per_day=0)
    counts = late.days is None or days <= late.days
    percent = min(100.0, late.percent_per_day * days) if counts else 100.0
    return Lateness(due, pushed_at, days, percent, counts=counts)


def next_attempt(policy: Policy, graded_at: Iterable[datetime], now: datetime) -> datetime | None:
    """Return when a student may be graded again.

    Args:
        policy: The course's.
        graded_at: When the student was graded before.
        now: The moment.

    Returns:
        None if it is allowed now.
    """
    recent = sorted(moment for moment in graded_at if moment > now - HOUR)
    most = policy.attempts_per_hour
    if most is None or len(recent) < most:
        return None
    return recent[-most] + HOUR


def read_policy(path: Path) -> Policy:
    """Read `course.toml`.

    Raises:
        PolicyError: It is missing or wrong; a line for each mistake names the key.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyError(f"{path} does not exist: give the course's policy") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path} cannot be read as TOML: {error}") from None
    mistakes: list[str] = []
    zone = _zone(settings.get("timezone"), mistakes)
    if zone is not None:
        settings = dict(_in_zone(settings, zone, (), mistakes))
    try:
        policy = Policy.model_validate(settings)
    except ValidationError as error:
        mistakes += [
            f"{'.'.join(str(part) for part in detail['loc']) or 'the whole'}: {detail['msg']}"
            for detail in error.errors(include_url=False)
        ]
    if mistakes:
        raise PolicyError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    return policy.model_copy(update={"roster": path.parent / policy.roster})


def check_extensions(policy: Policy, roster: Roster) -> None:
    """Check that each extension belongs to a student of the roster.

    Raises:
        PolicyError: Some do not; a line for each.
    """
    unknown = [name for name in policy.extensions if roster.find(name) is None]
    if unknown:
        raise PolicyError("\n".join(f"extensions.{name}: is not in the roster" for name in unknown))


def _zone(name: object, mistakes: list[str]) -> ZoneInfo | None:
    if not isinstance(name, str):
        return None  # the model says what is wrong
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        pass
    mistakes.append(f"timezone: {name!r} is not a time zone: write one such as 'Europe/Berlin'")
    return None


def _in_zone(
    settings: Mapping[str, Any], zone: ZoneInfo, path: tuple[str, ...], mistakes: list[str]
) -> Iterator[tuple[str, Any]]:
    """Give each time its zone, at any depth."""
    for key, value in settings.items():
        here = (*path, key)
        if isinstance(value, datetime):
            yield key, _moment(value, zone, here, mistakes)
        elif isinstance(value, dict):
            yield key, dict(_in_zone(value, zone, here, mistakes))
        elif isinstance(value, list):
            yield (
                key,
                [
                    dict(_in_zone(element, zone, (*here, str(number)), mistakes))
                    if isinstance(element, dict)
                    else element
                    for number, element in enumerate(value)
                ],
            )
        else:
            yield key, value


def _moment(when: datetime, zone: ZoneInfo, path: tuple[str, ...], mistakes: list[str]) -> datetime:
    """Give a time of a clock its zone; at a change of the clocks it may mean two moments."""
    if when.tzinfo is not None:
        return when
    early, late = when.replace(tzinfo=zone, fold=0), when.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        mistakes.append(
            f"{'.'.join(path)}: the clocks change then: write it with its offset, as"
            f" {early.isoformat()}"
        )
    return early
