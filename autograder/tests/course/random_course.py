"""A random course of one student, in which things can be made to happen; see `terms.py`."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

import httpx

from autograder.course import grade_pushes
from autograder.course.find_pushes import PushContext, PushOutcome
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.commits import committed_files
from autograder.gradebook.student import Student
from autograder.policy import Deadline, LatePenalty, Policy
from autograder.submission import Submission
from autograder.tests.course.classroom import FILE, SUITE, FakeClock, FakePool, grade_all, handouts
from autograder.tests.course.oracle import HANDOUT, Oracle, Rules, Version
from autograder.tests.github_stand_in.memory import MemoryGitHub
from autograder.tests.github_stand_in.state import GitHubState
from autograder.tests.gradebook.students import ASSIGNMENT, COURSE

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
}
"""The days on which clocks are changed in the night; on Lord Howe by half an hour."""
CLOCKS = ("23:59", "12:00", "00:30", "03:30", "02:15", "01:45")
"""Deadlines by the clock; the late days of some end in hours that come twice or not at all."""
STAFF = ("grace", "helper[bot]", "grader", "olga")
"""Named by the policy, a bot, the token's owner, an owner of the organisation."""
STUDENT, RENAMED = "ada", "ada-lovelace"
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
OTHER, SOLUTIONS = "work", "solutions"
STUB = "kinesis_multi_shard.py"


@cache
def handout() -> Mapping[str, bytes]:
    """Return all files of the handout."""
    files = committed_files(COURSE.assignments / ASSIGNMENT.id)
    return {name: file.content for name, file in files.items()}


class KilledError(BaseException):
    """The grader's process is killed: no `except Exception` sees it."""


class KillableTransport(httpx.BaseTransport):
    """Brings requests to GitHub, until the process is killed; then the next one can begin."""

    def __init__(self, carries: httpx.BaseTransport) -> None:
        self._carries = carries
        self.is_killed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        try:
            return self._carries.handle_request(request)
        finally:
            if self.is_killed:
                self.is_killed = False
                raise KilledError


class RandomCourse:
    """A course of one student: its policy, its repository, and its grader.

    Args:
        rng: Decides what happens.
        github: Where it happens.
        folder: For the state of the grader.
    """

    def __init__(self, rng: Random, github: GitHubState, folder: Path) -> None:
        self.rng = rng
        self.github = github
        self.folder = folder
        self.oracle = Oracle()
        self._transport = KillableTransport(
            github.transport() if isinstance(github, MemoryGitHub) else httpx.HTTPTransport()
        )
        self.log: list[str] = []
        """What happened, for the report on a failure."""
        self.facts: set[str] = set()
        """What was special about this term."""
        self._token = github.add_token("grader", {"course/*": "write"})
        github.admins["course"] = {"olga"}
        self._repository = f"course/m06-{STUDENT}"
        self._login = STUDENT
        self._knows_id = rng.random() < 0.7
        self._roster_login = STUDENT
        self._number = 0
        self._versions: dict[str, Version] = {}
        self._files: dict[str, Mapping[str, bytes]] = {}
        self._on_main: list[str] = []
        """The commits that the student put on the default branch."""
        self._graded: set[str] = set()
        self._choose_policy()
        self._make_repository()

    def _choose_policy(self) -> None:
        rng = self.rng
        zone = rng.choice(ZONES)
        if zone in CHANGES and rng.random() < 0.7:
            day = datetime.fromisoformat(rng.choice(CHANGES[zone])) - rng.randrange(1, 4) * DAY
        else:
            day = datetime(2026, rng.randrange(1, 13), rng.randrange(1, 29))
        hour, minute = map(int, rng.choice(CLOCKS).split(":"))
        due = day.replace(hour=hour, minute=minute)
        days = rng.choice((None, 0, 1, 2, 3, 5))
        self.rules = Rules(
            zone, due, rng.choice((0, 15, 90)) * MINUTE, rng.choice((0.0, 10.0, 40.0)), days
        )
        self._has_penalty = rng.random() < 0.8
        if not self._has_penalty:
            self.rules.percent_per_day, self.rules.days = 0.0, None
        self._extension: datetime | None = None
        self._deadline = due

    def policy(self) -> Policy:
        """Return the policy as it is now."""
        zone = ZoneInfo(self.rules.zone)
        extensions = {STUDENT.upper(): self._extension} if self._extension else {}
        return Policy(
            organization="course",
            repository="m06-{login}",
            staff=("Grace",),
            timezone=self.rules.zone,
            deadline=Deadline(
                at=self._deadline.replace(tzinfo=zone),
                grace_minutes=self.rules.grace // MINUTE,
            ),
            late=LatePenalty(percent_per_day=self.rules.percent_per_day, days=self.rules.days)
            if self._has_penalty
            else None,
            extensions={name: when.replace(tzinfo=zone) for name, when in extensions.items()},
        )

    def student(self) -> Student:
        """Return the student as the roster has them; the id stays."""
        number = str(self.github.account(self._login)["id"]) if self._knows_id else ""
        return Student(id=STUDENT, login=self._roster_login, github_id=number)

    def _make_repository(self) -> None:
        self.github.now = self._moment() - 20 * DAY
        repository = self.github.add_repository(self._repository)
        how = self.rng.choice(("template", "old template", "unlisted", "student", "staff", "empty"))
        self.log.append(f"{self.rules} repository: {how}")
        if how == "empty":
            return
        files = dict(handout())
        if how in ("old template", "unlisted"):
            files[FILE] = b"raise NotImplementedError  # an older stub\n"
        if how != "staff":
            repository.more["template"] = {"nameWithOwner": "course/m06-template"}
        actor = STUDENT if how == "student" else self._staff()
        sha = self.github.push(self._repository, files, actor=actor)
        if how == "unlisted":
            repository.activities.clear()
        self._note(sha, HANDOUT, files, "main", by_student=False)
        if how == "student":  # a service that adds its own files when the student accepts
            self.github.now += 3 * SECOND
            files |= {".classroom50.yaml": b"owner: ada\n"}
            self._push(HANDOUT, files, by_student=True)

    def _moment(self) -> datetime:
        """Return a moment of the deadline's day, in UTC."""
        return self._deadline.replace(tzinfo=ZoneInfo(self.rules.zone)).astimezone(UTC)

    def _staff(self) -> str:
        return self.rng.choice(STAFF)

    def _new_work(self) -> bytes:
        self._number += 1
        return b"x = %d\n" % self._number

    def _tip(self, branch: str) -> Mapping[str, bytes] | None:
        heads = self.github.repository(self._repository).heads()
        sha = heads.get(f"refs/heads/{branch}")
        return self._files[sha] if sha else None

    def _current(self) -> dict[str, bytes]:
        return dict(self._tip("main") or handout())

    def _push_files(
        self,
        files: Mapping[str, bytes],
        *,
        by_student: bool,
        branch: str = "main",
        force: bool = False,
    ) -> None:
        # The version is what an instructor would look at: the code, wherever it lies.
        code = {
            name: content
            for name, content in files.items()
            if name.endswith((".py", ".ipynb")) and not name.startswith("checks/")
        }
        given = {
            name: content for name, content in handout().items() if name in code or "/" not in name
        }
        old = given | {FILE: b"raise NotImplementedError  # an older stub\n"}
        is_handout = any(
            code == {name: content for name, content in known.items() if name in code}
            for known in (given, old)
        ) and set(code) <= set(given)
        version = HANDOUT if is_handout else frozenset(code.items())
        self._push(version, files, by_student=by_student, branch=branch, force=force)

    def _push(
        self,
        version: Version,
        files: Mapping[str, bytes],
        *,
        by_student: bool,
        branch: str = "main",
        force: bool = False,
    ) -> None:
        actor = self._login if by_student else self._staff()
        sha = self.github.push(self._repository, files, branch=branch, force=force, actor=actor)
        self._note(sha, version, files, branch, by_student=by_student)

    def _note(
        self,
        sha: str,
        version: Version,
        files: Mapping[str, bytes],
        branch: str,
        *,
        by_student: bool,
    ) -> None:
        self._versions[sha], self._files[sha] = version, dict(files)
        if by_student and branch == "main":
            self._on_main.append(sha)
        self.oracle.pushed(version, sha, self.github.now, branch=branch, by_student=by_student)

    def kill(self) -> None:
        """Kill the process whose request is being answered."""
        self._transport.is_killed = True

    def _client(self) -> GitHubClient:
        clock = FakeClock()
        server = GitHubServer.from_environment(self.github.environment(self._token))
        return GitHubClient(server, sleep=clock.sleep, now=clock.now, transport=self._transport)

    def _round(self, state: Path | None = None) -> PushOutcome:
        with self._client() as client, ExitStack() as opened:
            if isinstance(self.github, MemoryGitHub):
                opened.enter_context(patch.object(grade_pushes, "fetch_submission", self._fetch))
            context = PushContext(
                client=client,
                policy=self.policy(),
                assignment=ASSIGNMENT,
                suite=SUITE,
                handouts=handouts(),
                state=state or self.folder / "state",
                now=lambda: self.github.now,
            )
            (outcome,) = grade_all(context, FakePool(), students=(self.student(),))
            return outcome

    def _fetch(self, _: object, __: object, commit: str, ___: object) -> Submission:
        files = {FILE: self._files[commit].get(FILE, b"")}
        return Submission(files, ASSIGNMENT.files, commit=commit)
