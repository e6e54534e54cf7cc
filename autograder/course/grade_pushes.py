"""Grades the pushes that are not graded yet, each once, however often and wherever this is run.

What is graded is told by GitHub alone, so that any machine can go on where another was stopped.
The state's folder only saves work: the last grade of each student is kept there before it is
published, so that a run which was killed in between need not grade again, and a lock for each
student keeps two runs on one machine from doing the same at once.
"""

import fcntl
import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from autograder.assignment import Assignment
from autograder.course.posting import publish, set_status
from autograder.course.push_feedback import publication, waiting
from autograder.course.pushes import (
    Repository,
    Standing,
    find_repositories,
    pushed_at,
    read_commit,
)
from autograder.errors import AutograderError, GitHubError
from autograder.files import write_whole
from autograder.github.client import GitHubClient
from autograder.gradebook.book import Book
from autograder.gradebook.handins import Handin
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade
from autograder.grading.grade import Outcome as TestOutcome
from autograder.grading.results import has_best_python, read_result, write_result
from autograder.intake.commits import fetch_submission
from autograder.policy import Lateness, Policy, lateness, next_attempt
from autograder.submission import Submission
from autograder.text import counted

RESULTS, LOCKS, TROUBLE = "results", "locks", "trouble"


class Done(StrEnum):
    """What became of a student's last push."""

    GRADED = "graded"
    """And published; or, in a dry run, to be graded."""
    ALREADY = "graded before"
    SUPERSEDED = "superseded"
    """A newer push came meanwhile: the next round grades that."""
    WAITING = "graded later"
    """As often as is allowed within the hour; a later round grades it."""
    BUSY = "in another run"
    NO_PUSH = "no push"
    NO_REPOSITORY = "no repository"
    NO_LOGIN = "no login"
    ARCHIVED = "archived"
    """Nothing can be published there."""
    FAILED = "failed"
    """The next round tries it again."""


@dataclass(frozen=True)
class Outcome:
    """One student's."""

    student: Student
    done: Done
    trouble: str = ""
    """What failed, in a line that names nobody; else empty."""
    unreadable: int = 0
    """Tests that could not read what the code left behind: an instructor should look at them."""


@dataclass(frozen=True)
class Push:
    """Something to grade."""

    student: Student
    repository: Repository
    commit: str
    only_head: bool = True
    """False: an instructor asked for just this commit."""


class Examines(Protocol):
    """What grades one submission at a time, as `Examiner` does."""

    def grade(self, submission: Submission) -> tuple[Grade, str]:
        """Grade a submission; return also what failed on the grader's side."""


class Pool(Protocol):
    """Several of them, as `ExaminerPool` is."""

    def each(self, do: Callable[[Any, Push], Outcome], tasks: Iterable[Push]) -> Iterator[Outcome]:
        """Do something with each task."""


@dataclass(frozen=True)
class Desk:
    """All that grading needs to know."""

    client: GitHubClient
    policy: Policy
    assignment: Assignment
    suite: str
    """The digest of the hidden suite."""
    state: Path
    """A folder of our own."""
    book: Book | None = None
    """Where grades and push times are written, too."""
    regrade: bool = False
    """Grade also what is graded; where the grade changed, its comment is edited."""
    confined: bool = True
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def find_pushes(
    desk: Desk, students: Iterable[Student], commit: str | None = None
) -> Iterator[Push | Outcome]:
    """Find what is to be graded.

    Args:
        desk: How.
        students: Whose.
        commit: A commit to grade in place of the last push.

    Yields:
        For each student a push, or why there is none to grade.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    by_name: dict[str, Student] = {}
    for student in students:
        name = desk.policy.repository_of(student)
        if name is None:
            yield Outcome(student, Done.NO_LOGIN)
        else:
            by_name[name] = student
    found = find_repositories(desk.client, desk.policy.organization, by_name)
    for name, repository in found:
        yield _to_do(desk, by_name[name], repository, commit)


def _to_do(
    desk: Desk, student: Student, repository: Repository | None, commit: str | None
) -> Push | Outcome:
    if repository is None:
        return Outcome(student, Done.NO_REPOSITORY)
    if repository.head is None or repository.standing is None:
        return Outcome(student, Done.NO_PUSH)
    if repository.archived:
        return Outcome(student, Done.ARCHIVED)
    if commit is not None:
        return Push(student, repository, commit, only_head=False)
    if _is_complete(desk, student, repository.standing, desk.now()) and not desk.regrade:
        return Outcome(student, Done.ALREADY)
    return Push(student, repository, repository.head)


def grade_pushes(desk: Desk, pushes: Iterable[Push], pool: Pool) -> Iterator[Outcome]:
    """Grade pushes side by side, and publish each as soon as it is graded.

    Args:
        desk: How.
        pushes: What; one that fails stops no other.
        pool: What grades.

    Raises:
        AutograderError: The state's folder cannot be used.
    """
    for name in (RESULTS, LOCKS, TROUBLE):
        try:
            (desk.state / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AutograderError(f"{desk.state} cannot be made: {error.strerror}") from None
    return pool.each(lambda examiner, push: _grade(desk, examiner, push), pushes)


def _grade(desk: Desk, examiner: Examines, push: Push) -> Outcome:
    """Grade one push; whatever goes wrong is an outcome, not the end of the others."""
    try:
        with _alone(desk.state / LOCKS / push.student.id) as alone:
            if not alone:
                return Outcome(push.student, Done.BUSY)
            return _grade_alone(desk, examiner, push)
    except GitHubError as error:
        return Outcome(push.student, Done.FAILED, str(error))
    except Exception as error:  # a mistake of ours over one student's files stops no other
        said = str(error) if isinstance(error, AutograderError) else traceback.format_exc()
        with suppress(AutograderError):
            _keep_trouble(desk, push, said)
        what = f"{type(error).__name__} in the grader; its text may name students,"
        return Outcome(push.student, Done.FAILED, f"{what} and is in the folder {TROUBLE!r}")


def _grade_alone(desk: Desk, examiner: Examines, push: Push) -> Outcome:
    head, standing = read_commit(desk.client, push.repository.full_name, push.commit)
    now = desk.now()
    if push.only_head and head != push.commit:
        return Outcome(push.student, Done.SUPERSEDED)
    if _is_complete(desk, push.student, standing, now) and not desk.regrade:
        return Outcome(push.student, Done.ALREADY)
    until = next_attempt(desk.policy, push.repository.graded_at, now)
    if until is not None and push.only_head and not standing.comments:
        status = waiting(desk.assignment.checkpoints[0].id, until, desk.policy)
        if standing.statuses.get(status.context) != status:
            set_status(desk.client, push.repository.full_name, push.commit, status)
        return Outcome(push.student, Done.WAITING)

    late = lateness(desk.policy, push.student, pushed_at(desk.client, push.repository, push.commit))
    grade, trouble = _grade_of(desk, examiner, push)
    if trouble:
        _keep_trouble(desk, push, trouble)
    _record(desk, push, grade, late)
    server = desk.client.place.server
    wanted = publication(
        grade,
        push.commit,
        desk.policy.detail_at(now),
        late,
        desk.policy,
        f"{server}/{push.repository.full_name}/blob/{push.commit}/",
        desk.policy.withheld_until(push.student, now),
    )
    done = publish(
        desk.client, push.repository.full_name, push.commit, wanted, only_head=push.only_head
    )
    return Outcome(
        push.student,
        Done.GRADED if done else Done.SUPERSEDED,
        _grader_fault(grade),
        grade.count(TestOutcome.UNREADABLE),
    )


def _is_complete(desk: Desk, student: Student, standing: Standing, now: datetime) -> bool:
    """Whether all that a student should be shown now stands at a commit."""
    return standing.is_complete(
        [checkpoint.id for checkpoint in desk.assignment.checkpoints],
        desk.policy.detail_at(now),
        may_withhold=desk.policy.withheld_until(student, now) is not None,
    )


def _grader_fault(grade: Grade) -> str:
    """Say at how many tests the grader failed; empty where at none."""
    if not grade.is_incomplete:
        return ""
    failed = grade.count(TestOutcome.GRADER_ERROR)
    return f"the grader failed at {counted(failed, 'test')}, whose points are open"


def _grade_of(desk: Desk, examiner: Examines, push: Push) -> tuple[Grade, str]:
    """Take the grade that a run before this one did not come to publish, or grade."""
    path = desk.state / RESULTS / f"{push.student.id}.json"
    kept = read_result(path)
    if kept is not None and not desk.regrade and _stands(desk, kept, push):
        return kept, ""
    submission = fetch_submission(
        desk.client.place, push.repository.full_name, push.commit, desk.assignment
    )
    grade, trouble = examiner.grade(submission)
    write_result(path, grade)
    return grade, trouble


def _stands(desk: Desk, grade: Grade, push: Push) -> bool:
    """Whether a grade is what grading again would give."""
    return (
        grade.assignment == desk.assignment.id
        and grade.submission.commit == push.commit
        and grade.grader.suite == desk.suite
        and has_best_python(grade)
        and grade.grader.sandbox == desk.confined
        and not grade.is_incomplete
    )


def _record(desk: Desk, push: Push, grade: Grade, late: Lateness) -> None:
    """Write into the gradebook what counts."""
    if desk.book is None or not late.counts:
        return
    handin = Handin(
        handed_in_at=late.pushed_at, commit=push.commit, repository=push.repository.full_name
    )
    desk.book.hand_in(push.student.id, grade, handin)


def _keep_trouble(desk: Desk, push: Push, trouble: str) -> None:
    """Keep for the instructor what may not stand in a log: it may show a student's code."""
    write_whole(desk.state / TROUBLE / f"{push.student.id}.txt", f"{push.commit}\n{trouble}\n")


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Hold a lock, unless somebody does; one that is killed holds none."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
