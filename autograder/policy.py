"""A course's policy, `course.toml`: when work is due, what lateness costs, what is shown.

`docs/reference/course.example.toml` is such a file, with every key explained. It is the only place
of what a course decides: deadlines, extensions, excuses, staff, stages of feedback, dropped tests.

Until a student's deadline and its grace are over, feedback on a closed question says only whether
an answer of the right form is there, and its points are open; otherwise a few pushes would tell
the whole answer key. `closed_answers = "immediately"` shows the verdicts from the start. How much
of a verdict is shown follows from `[[feedback]]`.

What follows from it is computed by pure functions: they are given the moment, and ask no clock.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Protocol, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from autograder.assignment import Identifier
from autograder.errors import PolicyError
from autograder.feedback.content import Detail
from autograder.local_times import in_zone, zone_named

DEFAULT_COURSE = Path("course/course.toml")
DAY = timedelta(days=1)

_REPOSITORY = re.compile(r"[A-Za-z0-9._-]*\{login\}[A-Za-z0-9._-]*")


class Enrolled(Protocol):
    """What a policy has to know of a student."""

    @property
    def id(self) -> str:
        """The student's id."""

    @property
    def login(self) -> str | None:
        """The login on GitHub, if it is known."""


class RosterEncoding(StrEnum):
    """How a roster without a byte order mark is written."""

    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"
    """What older programs write in Western Europe and America."""


class Ruling(StrEnum):
    """What a course decides about a hidden test that turned out to be wrong."""

    DROPPED = "dropped"
    """It counts for nobody: its points leave the maximum."""
    FULL = "full"
    """Everybody who handed in gets its points."""


class _PolicyModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Deadline(_PolicyModel):
    """When work is due, without an extension."""

    at: datetime
    grace_minutes: int = Field(default=0, ge=0, le=24 * 60)


class LatePenalty(_PolicyModel):
    """What lateness costs."""

    percent_per_day: float = Field(ge=0, le=100, strict=False)
    days: int | None = Field(default=None, ge=0, le=10_000)  # `datetime` ends in the year 9999
    """After this many days, work does not count any more; None: it always counts."""


class FeedbackStage(_PolicyModel):
    """How much is shown from some moment on."""

    detail: Literal["full", "titles", "score"]
    cases: bool = True
    """Whether full feedback has cases to rehearse at home."""
    begins: datetime | None = Field(default=None, alias="from")
    """None: from the start."""

    @property
    def shown(self) -> Detail:
        """What students see."""
        detail = Detail(self.detail)
        return Detail.EXPLAINED if detail is Detail.FULL and not self.cases else detail


class Policy(_PolicyModel):
    """A course's policy; all times have a zone."""

    assignment: Identifier | None = None
    """Which one is due; `choice` reads it, too."""
    organization: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}$")] | None = None
    """On GitHub; None for a course of an LMS."""
    repository: str | None = None
    """Each student's, with `{login}` in it; None likewise."""
    roster: Path = Field(default=Path("roster.csv"), strict=False)
    roster_encoding: Annotated[RosterEncoding, Field(strict=False)] = RosterEncoding.UTF_8
    gradebook: Path = Field(default=Path("gradebook"), strict=False)
    staff: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Logins on GitHub; bots and owners of the organisation are staff without being named."""
    timezone: str
    attempts_per_hour: int | None = Field(default=None, ge=1)
    closed_answers: Literal["after_deadline", "immediately"] = "after_deadline"
    """When students see the verdicts on their closed answers."""
    deadline: Deadline | None = None
    """None: nothing is late."""
    late: LatePenalty | None = None
    extensions: Mapping[str, datetime] = Field(default_factory=dict)
    excused: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Students for whom the assignment does not count, by login or id."""
    tests: Mapping[str, Annotated[Ruling, Field(strict=False)]] = Field(default_factory=dict)
    """By test, as grades name it: `writer/returns_once_active`."""
    feedback: Annotated[tuple[FeedbackStage, ...], Field(strict=False)] = ()

    @field_validator("repository")
    @classmethod
    def _names_each_student_s(cls, pattern: str | None) -> str | None:
        if pattern is not None and not _REPOSITORY.fullmatch(pattern):
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

    @model_validator(mode="after")
    def _github_is_whole(self) -> Self:
        if (self.organization is None) != (self.repository is None):
            lacking = "repository" if self.repository is None else "organization"
            raise ValueError(f"{lacking}: a course on GitHub names both, another one neither")
        if self.organization and not self.deadline and self.closed_answers == "after_deadline":
            raise ValueError('closed_answers: without [deadline], this must be "immediately"')
        return self

    def repository_of(self, student: Enrolled) -> str | None:
        """Return the name of a student's repository, without owner; None without a login."""
        if not student.login or self.repository is None:
            return None
        return self.repository.format(login=student.login.lower())

    def extension_of(self, student: Enrolled | None) -> datetime | None:
        """Return until when a student's deadline is extended; None if it is not."""
        return next(
            (
                when
                for name, when in self.extensions.items()
                if student and names_student(name, student)
            ),
            None,
        )

    def excuses(self, student: Enrolled) -> bool:
        """Whether the assignment counts neither for a student nor against."""
        return any(names_student(name, student) for name in self.excused)

    def due(self, student: Enrolled | None) -> datetime | None:
        """When a student's work is due; for None, the deadline without an extension.

        None if nothing says when: then nothing is late.
        """
        return self.extension_of(student) or (self.deadline.at if self.deadline else None)

    def in_time_until(self, student: Enrolled | None) -> datetime | None:
        """Until when a push is in time: the student's deadline, grace included; None: always."""
        due = self.due(student)
        return None if due is None else self._local(self._in_time_until(due))

    def counts_until(self, student: Enrolled | None) -> datetime | None:
        """Until when a push counts, in time or late; None if it always does."""
        days, due = self.late.days if self.late else None, self.due(student)
        if days is None or due is None:
            return None
        end = self._end_of_late_day(due, days)
        return self._local(max(end, self._in_time_until(due)))

    def late_days(self, due: datetime | None, moment: datetime) -> int:
        """Return how many days have begun between a deadline and a moment; 0 within the grace."""
        moment = moment.astimezone(UTC)
        if due is None or moment <= self._in_time_until(due):
            return 0
        days = max(1, (moment - due) // DAY - 1)  # changed clocks move it by less than a day
        while moment > self._end_of_late_day(due, days):
            days += 1
        return days

    # Python compares and adds times of one zone by their clock readings: calculate in UTC.
    def _in_time_until(self, due: datetime) -> datetime:
        return due.astimezone(UTC) + timedelta(minutes=self._grace_minutes)

    @property
    def _grace_minutes(self) -> int:
        return self.deadline.grace_minutes if self.deadline else 0

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

    def terms(self, student: Enrolled) -> str:
        """Return a digest of all that decides which push counts, how late it is, and what it costs.

        What was published under other terms must be looked at again.
        """
        due, late = self.due(student), self.late or LatePenalty(percent_per_day=0)
        terms = (
            *(due and due.astimezone(UTC), self._grace_minutes, late.percent_per_day, late.days),
            *(self.timezone, *sorted(login.casefold() for login in self.staff)),
            *((name, ruling.value) for name, ruling in sorted(self.tests.items())),
            *(("excused",) if self.excuses(student) else ()),
        )
        return hashlib.sha256(repr(terms).encode()).hexdigest()[:12]

    def withheld_until(self, student: Enrolled, moment: datetime) -> datetime | None:
        """Return until when verdicts on closed answers are withheld; None if they are shown now.

        The grace counts, since a push within it is not late.
        """
        last = self.in_time_until(student)
        if self.closed_answers == "immediately" or last is None or moment.astimezone(UTC) > last:
            return None
        return last

    def detail_at(self, moment: datetime) -> Detail:
        """Return how much students see at a moment; before the first stage begins, the score."""
        shown = Detail.SCORE if self.feedback else Detail.FULL
        for stage in self.feedback:
            if stage.begins is None or stage.begins <= moment:
                shown = stage.shown
        return shown


EVERYTHING_COUNTS = Policy(timezone="UTC")
"""The policy without a course file: nothing is late, nobody excused, no test dropped."""


def read_policy(path: Path) -> Policy:
    """Read `course.toml`.

    Raises:
        PolicyError: It is missing or wrong; a line for each mistake names the key.
    """
    try:
        return _read_policy(path)
    except RecursionError:
        raise PolicyError(f"{path} cannot be read as TOML: it is too deep") from None


def _read_policy(path: Path) -> Policy:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyError(f"{path} does not exist: give the course's policy") from None
    except (OSError, ValueError) as error:  # of the encoding, of TOML, or a number that is too long
        raise PolicyError(f"{path} cannot be read as TOML: {error}") from None
    mistakes: list[str] = []
    zone = zone_named(settings.get("timezone"), mistakes)
    try:
        if zone is not None:
            settings = dict(in_zone(settings, zone, (), mistakes))
        policy = Policy.model_validate(settings)
    except ValidationError as error:
        mistakes += [
            f"{'.'.join(str(part) for part in detail['loc']) or 'the whole'}: {detail['msg']}"
            for detail in error.errors(include_url=False)
        ]
    if mistakes:
        raise PolicyError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    places = {"roster": policy.roster, "gradebook": policy.gradebook}
    return policy.model_copy(update={key: path.parent / place for key, place in places.items()})


@dataclass(frozen=True)
class StudentRepositories:
    """Where the students' repositories are on GitHub."""

    organization: str
    pattern: str
    """A repository's name, with `{login}` in it."""


def student_repositories(policy: Policy) -> StudentRepositories:
    """Return where the students' repositories are.

    Raises:
        PolicyError: The course is not on GitHub.
    """
    if policy.organization is None or policy.repository is None:
        raise PolicyError("the course file names no organization and repository on GitHub")
    return StudentRepositories(policy.organization, policy.repository)


def names_student(name: str, student: Enrolled) -> bool:
    """Whether a name of the course file is a student's login or id; case does not matter."""
    return name.casefold() in (student.id.casefold(), (student.login or "").casefold())
