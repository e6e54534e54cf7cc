"""A small course for tests: a roster, a policy, repositories at a stand-in for GitHub."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

from autograder.course.find_pushes import (
    Push,
    PushContext,
    PushOutcome,
    PushState,
    find_pushes,
)
from autograder.course.grade_pushes import LOCKS, grade_push
from autograder.course.handouts import Handouts, known_handouts
from autograder.course.pushes import ClassPushes, find_class_pushes
from autograder.course.results import RESULTS
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.roster import read_roster
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade, GradedSubmission, Outcome
from autograder.policy import read_policy
from autograder.submission import Submission
from autograder.tests.github_stand_in import StandIn
from autograder.tests.github_stand_in.repositories import File
from autograder.tests.github_stand_in.stand_in import START
from autograder.tests.gradebook.students import ASSIGNMENT, COURSE, a_grade

CHECKPOINTS = [checkpoint.id for checkpoint in ASSIGNMENT.checkpoints]
CONTEXTS = [f"grade/{checkpoint}" for checkpoint in CHECKPOINTS]
FILE = "compare_with_sqs.py"
POLICY = """
assignment = "m06_partitioned_logs"
organization = "course"
repository = "m06-{login}"
staff = ["Grace"]
timezone = "UTC"

[deadline]
at = 2026-03-10T12:00:00
"""
HANDOUT: dict[str, File] = {
    name: (COURSE.assignments / ASSIGNMENT.id / name).read_bytes() for name in ASSIGNMENT.files
}
"""Code and notebook, as they are handed out."""
INSTRUCTOR = "grace"
"""The login of an instructor, whom the policy names."""
SUITE = "sha256:1"
"""The digest of the suite in `a_grade`."""


@cache
def handouts() -> Handouts:
    """Return what this checkout hands out."""
    return known_handouts(COURSE)


@dataclass
class FakeClock:
    """A clock that moves when `sleep` is called."""

    time: float = START.timestamp()
    pauses: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Tell the time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move the clock instead of waiting."""
        self.pauses.append(seconds)
        self.time += seconds


_A_GRADE = a_grade()
_WITH_LOSSES = a_grade({test.id: Outcome.WRONG for test in _A_GRADE.checkpoints[0].tests})


@dataclass
class FakePool:
    """Grades without running code: submissions get all points, unless a file contains `wrong`."""

    graded: list[str | None] = field(default_factory=list)
    """The commits that were graded, in order."""
    suite: str = SUITE
    grader_log: str = ""
    always: Grade | None = None
    """The grade of every submission, if it is set."""

    def grade(self, submission: Submission) -> tuple[Grade, str]:
        """Return a made-up grade and the grader's log."""
        self.graded.append(submission.commit)
        text = b"".join(submission.files.values()).decode()
        if "explode" in text:
            raise ZeroDivisionError(text)
        made = self.always or (_WITH_LOSSES if "wrong" in text else _A_GRADE)
        return made.model_copy(
            update={
                "submission": GradedSubmission(
                    digest=submission.digest,
                    commit=submission.commit,
                    files=submission.file_digests,
                ),
                "grader": made.grader.model_copy(update={"suite": self.suite}),
            }
        ), self.grader_log

    def each(
        self, do: Callable[[Any, Push], PushOutcome], tasks: Iterable[Push]
    ) -> Iterator[PushOutcome]:
        """Call `do` for each task in turn."""
        for task in tasks:
            yield do(self, task)

    def submit(self, do: Callable[[Any, Push], PushOutcome], task: Push) -> Future[PushOutcome]:
        """Call `do` immediately."""
        ended: Future[PushOutcome] = Future()
        ended.set_result(do(self, task))
        return ended


class FakeExaminers(FakePool):
    """A `FakePool` in the place of `ExaminerPool`."""

    made = 0

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(always=self.always)
        FakeExaminers.made += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End."""


class Classroom:
    """A course with students and their repositories.

    Args:
        github: The stand-in.
        folder: An empty folder, for the course's files.
        logins: The logins of the students.
        policy: Further lines for `course.toml`.
    """

    def __init__(
        self, github: StandIn, folder: Path, logins: Iterable[str] = ("ada",), policy: str = ""
    ) -> None:
        self.github = github
        self.folder = folder
        self.logins = tuple(logins)
        self.clock = FakeClock()
        self.pool = FakePool()
        for login in self.logins:
            github.add_repository(self.name(login))
        rights = {self.name(login): "write" for login in self.logins}
        self.token = github.add_token("grader", rights)
        folder.mkdir(parents=True, exist_ok=True)
        rows = "".join(f"{login},{login.title()} Secretname\n" for login in self.logins)
        (folder / "roster.csv").write_text(f"login,name\n{rows}")
        self.change_policy(policy)

    def change_policy(self, more: str) -> None:
        """Write `course.toml` again."""
        top, section, rest = more.partition("[")
        text = POLICY.replace("\n[deadline]", f"{top}\n[deadline]") + section + rest
        (self.folder / "course.toml").write_text(text)

    @staticmethod
    def name(login: str) -> str:
        """Return the name of a student's repository."""
        return f"course/m06-{login}"

    def push(self, login: str = "ada", text: str = "x = 1\n") -> str:
        """Push a file as the student; return the commit."""
        return self.github.push(self.name(login), {FILE: text}, actor=login)

    def hand_out(self, login: str = "ada") -> str:
        """Push the handout as an instructor; return the commit."""
        return self.github.push(self.name(login), HANDOUT, actor=INSTRUCTOR)

    def class_pushes(self) -> ClassPushes:
        """Find what counts, as `grade-class` does."""
        policy = read_policy(self.folder / "course.toml")
        students = read_roster(policy.roster).students
        with self.context().client as client:
            return find_class_pushes(client, policy, students, handouts(), self.moment())

    def context(self, **changes: Any) -> PushContext:
        """Make the context of a round; the caller closes its client."""
        policy = read_policy(self.folder / "course.toml")
        made = PushContext(
            client=GitHubClient(
                GitHubServer.from_environment(self.github.environment(self.token)),
                sleep=self.clock.sleep,
                now=self.clock.now,
            ),
            policy=policy,
            assignment=ASSIGNMENT,
            suite=SUITE,
            handouts=handouts(),
            state=self.folder / "state",
            now=self.moment,
        )
        return replace(made, **changes)

    def moment(self) -> datetime:
        """Return the time at GitHub."""
        return self.github.now

    def round(self, commit: str | None = None, **changes: Any) -> dict[str, PushOutcome]:
        """Do one round; return the outcome of each student."""
        context = self.context(**changes)
        with contextlib.closing(context.client):
            outcomes = grade_all(context, self.pool, commit)
        return {outcome.student.id: outcome for outcome in outcomes}

    def done(self, commit: str | None = None, **changes: Any) -> dict[str, PushState]:
        """Do a round; return only the states."""
        return {name: outcome.state for name, outcome in self.round(commit, **changes).items()}

    def comments(self, commit: str, login: str = "ada") -> list[str]:
        """Read a commit's comments."""
        return self.github.comments(self.name(login), commit)

    def statuses(self, commit: str, login: str = "ada") -> dict[str, tuple[str, str]]:
        """Read a commit's statuses."""
        return self.github.statuses(self.name(login), commit)


def grade_all(
    context: PushContext,
    pool: FakePool,
    commit: str | None = None,
    students: Sequence[Student] | None = None,
) -> list[PushOutcome]:
    """Do a round as the command does, with examiners that only pretend to grade.

    The students are those of the roster if none are given.
    """
    students = students or read_roster(context.policy.roster).students
    found = find_pushes(context, students, students, commit)
    for name in (RESULTS, LOCKS):
        (context.state / name).mkdir(parents=True, exist_ok=True)
    graded = pool.each(lambda grader, push: grade_push(context, grader, push), found.to_grade)
    return [*graded, *found.others]


def round_elsewhere(environment: dict[str, str], folder: Path, state: Path) -> None:
    """Do a round in a separate process, which can be killed."""
    clock = FakeClock()
    context = PushContext(
        client=GitHubClient(
            GitHubServer.from_environment(environment), sleep=clock.sleep, now=clock.now
        ),
        policy=read_policy(folder / "course.toml"),
        assignment=ASSIGNMENT,
        suite=SUITE,
        handouts=handouts(),
        state=state,
        now=lambda: START,
    )
    grade_all(context, FakePool())
