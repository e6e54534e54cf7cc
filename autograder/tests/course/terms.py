"""Plays random terms, and compares what comes of them with the oracle.

    python -m autograder.tests.course.terms --count 10000 --seed 1

A term is one student's repository over some weeks, in which the student, instructors, GitHub and
the grader do things in any order: late first pushes, forced pushes, other branches, fixes, merged
solutions, renamed accounts, changed deadlines, changed clocks, runs that are killed.

Terms are played in memory, or, with `--real`, with git and HTTP.

The same seed gives the same term. A failure names its seed: add it to `test_terms.py`.
"""

import argparse
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

from autograder.course import grade_pushes
from autograder.course.find_pushes import PushContext, PushOutcome, PushState
from autograder.course.push_feedback import marker_of
from autograder.course.pushes import find_class_pushes
from autograder.errors import GitHubError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.commits import committed_files
from autograder.gradebook.student import Student
from autograder.policy import Deadline, LatePenalty, Policy
from autograder.submission import Submission
from autograder.tests.course.classroom import FILE, SUITE, FakeClock, FakePool, grade_all, handouts
from autograder.tests.course.oracle import HANDOUT, Expected, Oracle, Rules, Version
from autograder.tests.github_stand_in import Fault, StandIn, broken, pull_requests, secondary_limit
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
ON_LATENESS = re.compile(r"\*\*(Late|Too late)\.\*\*.*?(?: up to (\d+) days? late)", re.DOTALL)


class KilledError(BaseException):
    """The grader's process is killed: no `except Exception` sees it."""


class DisagreementError(Exception):
    """What came of a term is not what the oracle expects."""


@cache
def handout() -> Mapping[str, bytes]:
    """Return all files of the handout."""
    files = committed_files(COURSE.assignments / ASSIGNMENT.id)
    return {name: file.content for name, file in files.items()}


class Term:
    """One student's term.

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

    def play(self) -> None:
        """Let things happen in the order of their times, and compare now and then.

        Raises:
            DisagreementError: The oracle expects something else.
        """
        moments = sorted(self._random_moment() for _ in range(self.rng.randrange(1, 18)))
        for moment in moments:
            self.github.now = max(self.github.now + 2 * SECOND, moment)
            action = self.rng.choices(*zip(*ACTIONS, strict=True))[0]
            name = action.__name__.strip("_").replace("_", " ")
            self.log.append(f"{self.github.now:%m-%d %H:%M:%S} {name}")
            self.facts.add(name)
            action(self)
        self.github.now += self.rng.choice((MINUTE, DAY, 30 * DAY))
        if self.rng.random() < 0.3:  # what was published must be corrected
            self._round()
            self.rng.choice((Term._gets_an_extension, Term._the_penalty_changes))(self)
            self.facts.add("terms change at the end")
        self.log.append(f"{self.github.now:%m-%d %H:%M:%S} end")
        self._compare()

    def _random_moment(self) -> datetime:
        rng, due = self.rng, self._moment()
        if rng.random() < 0.5:
            return due + rng.randrange(-10 * 86400, 12 * 86400) * SECOND
        # The edges: the deadline, the end of the grace, the ends of late days by the clock.
        edge = rng.choice(
            [due, due + self.rules.grace]
            + [due + days * DAY + rng.choice((-60, -30, 0, 30, 60)) * MINUTE for days in range(5)]
        )
        return edge + rng.choice((-1, 0, 1)) * SECOND

    # What can happen.

    def _pushes_work(self) -> None:
        self._push_files(self._current() | {FILE: self._new_work()}, by_student=True)

    def _forces_work(self) -> None:
        files = dict(handout()) | {FILE: self._new_work()}
        self._push_files(files, by_student=True, force=True)

    def _pushes_in_a_folder(self) -> None:
        self._push_files(self._current() | {f"src/{FILE}": self._new_work()}, by_student=True)

    def _changes_the_readme(self) -> None:
        self._number += 1
        readme = {"README.md": b"%d" % self._number}
        self._push_files(self._current() | readme, by_student=True)

    def _squashes(self) -> None:
        self._push_files(self._current(), by_student=True, force=True)

    def _goes_back(self) -> None:
        if self._on_main:
            sha = self.rng.choice(self._on_main)
            self.github.point(self._repository, "main", sha, actor=self._login)
            self._note(sha, self._versions[sha], self._files[sha], "main", by_student=True)

    def _wipes(self) -> None:
        self._push_files(handout(), by_student=True, force=True)

    def _works_on_a_branch(self) -> None:
        files = self._current() | {FILE: self._new_work()}
        self._push_files(files, by_student=True, branch=OTHER)

    def _merges_the_branch(self) -> None:
        if files := self._tip(OTHER):
            self._push_files(files, by_student=True)

    def _deletes_the_branch(self) -> None:
        if self._tip(OTHER):
            self.github.point(self._repository, OTHER, None, actor=self._login)
            self.oracle.deleted(OTHER)

    def _staff_merges_the_branch(self) -> None:
        if files := self._tip(OTHER):
            self._push_files(files, by_student=False)

    def _staff_fixes_the_readme(self) -> None:
        self._number += 1
        readme = {"README.md": b"fixed %d" % self._number}
        self._push_files(self._current() | readme, by_student=False)

    def _staff_fixes_a_stub(self) -> None:
        self._number += 1
        stub = {STUB: b"fixed = %d\n" % self._number}
        self._push_files(self._current() | stub, by_student=False)

    def _solutions_are_released(self) -> None:
        files = self._current() | {FILE: b"solved = True\n"}
        self._push_files(files, by_student=False, branch=SOLUTIONS)

    def _merges_the_solutions(self) -> None:
        if files := self._tip(SOLUTIONS):
            self._push_files(files, by_student=True)

    def _closes_a_pull_request(self) -> None:
        pulls = pull_requests(self.github.repository(self._repository))
        pulls.append({"number": 1, "state": "closed", "head": {"label": "course:solutions"}})

    def _pushes_very_often(self) -> None:
        for _ in range(self.rng.randrange(95, 140)):
            self._pushes_work()
            self.github.now += 2 * SECOND

    def _renames_the_account(self) -> None:
        if self._login == STUDENT:
            self.github.rename_account(STUDENT, RENAMED)
            self._login = RENAMED
            if self.rng.random() < 0.5:
                self._roster_login = RENAMED
                self._extension = None  # it names the former login, which nobody has now
                self.rules.due = self._deadline

    def _the_repository_is_renamed(self) -> None:
        new = f"course/m06-renamed-{len(self.log)}"
        self.github.rename_repository(self._repository, new)
        self._repository = new

    def _gets_an_extension(self) -> None:
        due = self._deadline + self.rng.randrange(0, 6) * DAY
        if self._roster_login == STUDENT:
            self._extension = self.rules.due = due

    def _loses_the_extension(self) -> None:
        self._extension, self.rules.due = None, self._deadline

    def _the_penalty_changes(self) -> None:
        if self._has_penalty:
            self.rules.percent_per_day = self.rng.choice((0.0, 5.0, 50.0))
            self.rules.days = self.rng.choice((None, 0, 1, 4))

    def _the_grader_runs(self) -> None:
        self._round()

    def _the_grader_has_trouble(self) -> None:
        rng = self.rng
        after = rng.randrange(0, 12)
        kill = Fault(after=after, acts=rng.random() < 0.5, status=502, then=_kill)
        lost = broken(rng.choice(("/comments", "/statuses", "/graphql", "/activity")), acts=True)
        failed = Fault(after=after, times=rng.choice((1, 2, 9)), status=502)
        self.github.faults = [rng.choice((kill, lost, failed, secondary_limit(after=after)))]
        self.log.append(f"  {self.github.faults}")
        try:
            self._round(state=self.folder / f"machine{rng.randrange(2)}")
        except (KilledError, GitHubError):
            pass
        finally:
            self.github.faults = []

    # How it happens.

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

    def _client(self) -> GitHubClient:
        clock = FakeClock()
        transport = self.github.transport() if isinstance(self.github, MemoryGitHub) else None
        server = GitHubServer.from_environment(self.github.environment(self._token))
        return GitHubClient(server, sleep=clock.sleep, now=clock.now, transport=transport)

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

    # What must come of it.

    def _compare(self) -> None:
        expected = self.oracle.expected(self.rules, self.github.now)
        outcomes = [self._round() for _ in range(3)]
        with self._client() as client:
            found = find_class_pushes(
                client, self.policy(), (self.student(),), handouts(), self.github.now
            )
        is_found = self._is_found()
        repository = self.github.repository(self._repository)

        self._note_facts(expected, is_found=is_found)
        if not is_found:
            _agree("state", outcomes[-1].state, PushState.NO_REPOSITORY)
            _agree("class", (found.pushed, found.missing), ((), (STUDENT,)))
            return
        state = PushState.ALREADY if expected.has_handed_in else PushState.NOTHING_YET
        if not repository.heads():
            state = PushState.NO_PUSH
        _agree("state", outcomes[-1].state, state)
        _agree("unseen", found.unseen, ())
        _agree(
            "what counts",
            [(work.commit, work.handed_in_at) for work in found.pushed],
            [(expected.commit, expected.at)] if expected.commit else [],
        )
        noted = [note for _, note in found.notes if "branch" in note]
        _agree("other branch", [expected.other_branch or ""], [
            re.findall(r"branch '(\w+)'", note)[0] for note in noted
        ] or [""])  # fmt: skip
        if expected.other_branch:
            _agree("the student is told", self._is_told(expected.other_branch), True)
        else:
            _agree("notes", [outcome.note for outcome in outcomes if "branch" in outcome.note], [])
        self._compare_comments(expected.newest, expected.newest_at, expected.is_newest_counting)
        for sha, version in self._versions.items():
            if version == HANDOUT and self._graded_comments(sha):
                raise DisagreementError(f"a comment on an untouched copy, {sha[:7]}")

    def _note_facts(self, expected: Expected, *, is_found: bool) -> None:
        at = expected.at
        if not is_found:
            self.facts.add("= no repository")
        elif at is None:
            handed_in = expected.has_handed_in
            self.facts.add("= too late" if handed_in else "= nothing handed in")
        else:
            self.facts.add("= late" if self.rules.late_days(at) else "= in time")
            if not expected.is_newest_counting:
                self.facts.add("= an earlier hand-in counts")
        if expected.other_branch:
            self.facts.add("= work on another branch")
        if is_found and self.github.find(f"course/m06-{self._roster_login}") is None:
            self.facts.add("= found by the number of the account")

    def _is_found(self) -> bool:
        name = f"course/m06-{self._roster_login}"
        if self.github.find(name) is not None:
            return True
        number = self.github.account(self._login)["id"]
        activities = self.github.repository(self._repository).activities
        return self._knows_id and any(made["actor"]["id"] == number for made in activities)

    def _is_told(self, branch: str) -> bool:
        sha = self.github.repository(self._repository).heads()[f"refs/heads/{branch}"]
        comments = self.github.comments(self._repository, sha)
        return sum("**Not graded.**" in comment for comment in comments) == 1

    def _graded_comments(self, sha: str) -> list[str]:
        comments = self.github.comments(self._repository, sha)
        return [comment for comment in comments if marker_of(comment) is not None]

    def _compare_comments(self, newest: str | None, at: datetime | None, is_counting: bool) -> None:
        for sha in self._versions:
            if len(comments := self._graded_comments(sha)) > 1:
                raise DisagreementError(f"{len(comments)} comments on {sha[:7]}")
        if newest is None or at is None:
            return
        (comment,) = self._graded_comments(newest) or [""]
        said = ON_LATENESS.search(comment)
        days = self.rules.late_days(at)
        _agree("comment", bool(comment), True)
        _agree("late days", int(said[2]) if said else 0, days)
        _agree("instead", "What counts is" in comment, days > 0 and not is_counting and bool(
            self.oracle.expected(self.rules, self.github.now).commit
        ))  # fmt: skip
        if days and is_counting:
            percent = re.findall(r"([\d.]+)% of the points are taken off", comment)
            _agree("penalty", [float(text) for text in percent], [
                value for value in [self.rules.percent(at)] if value
            ])  # fmt: skip
        if days and not self.rules.counts(at) and "What counts is" not in comment:
            _agree("too late", said is not None and said[1], "Too late")


def _kill() -> None:
    raise KilledError


def _agree(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise DisagreementError(f"{what}: found {found}, expected {expected}")


ACTIONS: Sequence[tuple[Callable[[Term], None], float]] = (
    (Term._pushes_work, 12),
    (Term._forces_work, 3),
    (Term._pushes_in_a_folder, 1),
    (Term._changes_the_readme, 4),
    (Term._squashes, 2),
    (Term._goes_back, 3),
    (Term._wipes, 2),
    (Term._works_on_a_branch, 5),
    (Term._merges_the_branch, 3),
    (Term._deletes_the_branch, 1),
    (Term._staff_merges_the_branch, 2),
    (Term._staff_fixes_the_readme, 3),
    (Term._staff_fixes_a_stub, 3),
    (Term._solutions_are_released, 2),
    (Term._merges_the_solutions, 2),
    (Term._closes_a_pull_request, 1),
    (Term._pushes_very_often, 0.3),
    (Term._renames_the_account, 1),
    (Term._the_repository_is_renamed, 1),
    (Term._gets_an_extension, 3),
    (Term._loses_the_extension, 1),
    (Term._the_penalty_changes, 2),
    (Term._the_grader_runs, 8),
    (Term._the_grader_has_trouble, 6),
)
"""What can happen, and how often."""


@dataclass(frozen=True)
class Played:
    """What came of a term."""

    report: str
    """What happened, if the oracle disagrees; else empty."""
    facts: frozenset[str] = frozenset()
    """What was special about it."""


def play_term(seed: str, *, real: bool = False) -> Played:
    """Play a term."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        github: GitHubState = MemoryGitHub()
        if real:
            github = opened.enter_context(StandIn(Path(folder) / "github"))
        term = None
        try:
            term = Term(Random(seed), github, Path(folder))
            term.play()
        except Exception as error:
            text = str(error) if isinstance(error, DisagreementError) else traceback.format_exc()
            return Played("\n".join([f"seed {seed}", *(term.log if term else ()), text]))
    return Played("", frozenset(term.facts))


def main() -> int:
    """Play many terms; return 1 if the oracle disagrees with any."""
    parser = argparse.ArgumentParser(description="Compare random terms with the oracle.")
    parser.add_argument("--count", type=int, default=10_000, help="how many terms")
    parser.add_argument("--seed", default="1", help="another seed gives other terms")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--real", action="store_true", help="with git and HTTP")
    given = parser.parse_args()
    seeds = [f"{given.seed}:{number}" for number in range(given.count)]
    began, failures, facts = time.monotonic(), 0, Counter[str]()
    with ProcessPoolExecutor(given.workers) as pool:
        for played in pool.map(partial(play_term, real=given.real), seeds, chunksize=10):
            facts.update(played.facts)
            if played.report:
                failures += 1
                print(f"{played.report}\n", flush=True)  # noqa: T201 - a command
    for fact, number in facts.most_common():
        print(f"{number:6} {fact}")  # noqa: T201
    seconds = time.monotonic() - began
    print(f"{given.count} terms in {seconds:.0f} s, {failures} disagreements")  # noqa: T201
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
