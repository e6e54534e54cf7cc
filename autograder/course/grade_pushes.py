"""Grades the pushes that are not graded yet, each once, however often and wherever this is run.

One round: `find_pushes` looks at all students' repositories and decides what there is to grade;
`PushGrader.grade` grades these pushes side by side, and `grade_push` is what happens to each.

GitHub is the only record of what is graded, so any machine can continue where another was stopped.
The folder of the state only saves work: the last grade of each student is kept there before it is
posted, so that a run which was killed in between need not grade again, and a lock for each student
keeps two runs on one machine from grading the same push.
"""

import fcntl
import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder.assignment import Assignment, Course
from autograder.course.posting import PostedFeedback, post_feedback, read_posted, set_status
from autograder.course.push_feedback import feedback_on_push, waiting_status
from autograder.course.pushes import pushed_at
from autograder.course.results import GRADER_LOGS, RESULTS, is_current, write_grader_log
from autograder.errors import AutograderError, GitHubError
from autograder.files import make_folder
from autograder.github.client import GitHubClient
from autograder.github.queries import RepositoryState, find_repositories
from autograder.gradebook.book import Book
from autograder.gradebook.handins import Handin
from autograder.gradebook.student import Student
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.foreman.pool import ExaminerPool
from autograder.grading.grade import Grade, Outcome
from autograder.grading.results import read_result, write_result
from autograder.intake.commits import fetch_submission
from autograder.policy import Policy, lateness, next_attempt
from autograder.text import counted

LOCKS = "locks"


class PushState(StrEnum):
    """The result of grading a student's last push."""

    GRADED = "graded"
    """And posted; or, in a dry run, to be graded."""
    ALREADY = "graded before"
    SUPERSEDED = "superseded"
    """A newer push came meanwhile: the next round grades that."""
    WAITING = "graded later"
    """The student was graded as often as is allowed within the hour; a later round grades it."""
    BUSY = "in another run"
    NO_PUSH = "no push"
    NO_REPOSITORY = "no repository"
    NO_LOGIN = "no login"
    ARCHIVED = "archived"
    """Nothing can be posted there."""
    FAILED = "failed"
    """The next round tries it again."""


@dataclass(frozen=True)
class PushOutcome:
    """The result for one student, and what went wrong."""

    student: Student
    state: PushState
    problem: str = ""
    """What failed, in a line that names nobody; else empty."""
    unreadable: int = 0
    """Tests that could not read what the code left behind: an instructor should look at them."""


@dataclass(frozen=True)
class Push:
    """A push to grade."""

    student: Student
    repository: RepositoryState
    commit: str
    only_head: bool = True
    """Whether it is superseded by a newer one; False: an instructor asked for just this commit."""


@dataclass(frozen=True)
class FoundPushes:
    """What a round found: each student is in one of the two."""

    to_grade: tuple[Push, ...]
    others: tuple[PushOutcome, ...]
    """Students with nothing to grade, and why."""


@dataclass(frozen=True)
class PushContext:
    """The course whose pushes are graded, and how."""

    client: GitHubClient
    policy: Policy
    assignment: Assignment
    suite: str
    """The digest of the hidden suite."""
    state: Path
    """Folder for results, logs and locks."""
    book: Book | None = None
    """The gradebook into which grades and push times are written, too."""
    regrade: bool = False
    """Grade again what is graded; if the grade changes, its comment is edited."""
    confined: bool = True
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def is_graded(self, student: Student, posted: PostedFeedback) -> bool:
        """Whether everything that a student should see now is posted, and is not to be regraded."""
        now = self.now()
        return not self.regrade and posted.is_complete(
            [checkpoint.id for checkpoint in self.assignment.checkpoints],
            self.policy.detail_at(now),
            may_withhold=self.policy.withheld_until(student, now) is not None,
        )


def find_pushes(
    context: PushContext, students: Iterable[Student], commit: str | None = None
) -> FoundPushes:
    """Find what there is to grade.

    Args:
        context: The course.
        students: Whose pushes.
        commit: A commit to grade in place of the last push.

    Raises:
        GitHubError: GitHub could not be asked; then nothing has begun.
    """
    by_repository: dict[str, Student] = {}
    to_grade: list[Push] = []
    others: list[PushOutcome] = []
    for student in students:
        name = context.policy.repository_of(student)
        if name is None:
            others.append(PushOutcome(student, PushState.NO_LOGIN))
        else:
            by_repository[name] = student
    found = find_repositories(context.client, context.policy.organization, by_repository)
    for name, repository in found:
        student = by_repository[name]
        if repository is None:
            others.append(PushOutcome(student, PushState.NO_REPOSITORY))
        elif repository.head is None:
            others.append(PushOutcome(student, PushState.NO_PUSH))
        elif repository.is_archived:
            others.append(PushOutcome(student, PushState.ARCHIVED))
        elif commit is not None:
            to_grade.append(Push(student, repository, commit, only_head=False))
        elif context.is_graded(student, PostedFeedback.at(repository.head)):
            others.append(PushOutcome(student, PushState.ALREADY))
        else:
            to_grade.append(Push(student, repository, repository.head.commit))
    return FoundPushes(tuple(to_grade), tuple(others))


class PushGrader:
    """Grades pushes side by side; its examiners start with the first push, and are kept.

    Args:
        context: The course whose pushes are graded.
        course: Where the hidden suite lies.
        workers: How many are graded side by side.
    """

    def __init__(self, context: PushContext, course: Course, workers: int) -> None:
        self._context = context
        self._course = course
        self._workers = workers
        self._opened = ExitStack()
        self._pool: ExaminerPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def grade(self, pushes: Sequence[Push]) -> Iterator[PushOutcome]:
        """Grade pushes, and post each grade as soon as it is there; one that fails stops no other.

        Raises:
            AutograderError: The folder of the state cannot be used, or no examiner can start.
        """
        if not pushes:
            return
        for name in (RESULTS, LOCKS, GRADER_LOGS):
            make_folder(self._context.state / name)
        context = self._context
        if self._pool is None:
            pool = ExaminerPool(
                context.assignment, self._course, self._workers, confined=context.confined
            )
            self._pool = self._opened.enter_context(pool)
        yield from self._pool.each(
            lambda examiner, push: grade_push(context, examiner, push), pushes
        )


def grade_push(context: PushContext, examiner: Examiner, push: Push) -> PushOutcome:
    """Grade one push; whatever goes wrong is an outcome, and not the end of the others."""
    try:
        with _locked(context.state / LOCKS / push.student.id) as is_ours:
            if not is_ours:
                return PushOutcome(push.student, PushState.BUSY)
            return _grade_locked(context, examiner, push)
    except GitHubError as error:
        return PushOutcome(push.student, PushState.FAILED, str(error))
    except Exception as error:  # a mistake of ours over one student's files stops no other
        text = str(error) if isinstance(error, AutograderError) else traceback.format_exc()
        with suppress(AutograderError):
            write_grader_log(context.state, push.student.id, f"{push.commit}\n{text}")
        what = f"{type(error).__name__} in the grader; its text may name students,"
        problem = f"{what} and is in the folder {GRADER_LOGS!r}"
        return PushOutcome(push.student, PushState.FAILED, problem)


def _grade_locked(context: PushContext, examiner: Examiner, push: Push) -> PushOutcome:
    """Look again, grade, record and post: all that happens to one push, in order."""
    client, policy, student = context.client, context.policy, push.student
    full_name = push.repository.full_name

    # Another run may have graded it since it was found, or a newer push may have come.
    head, posted = read_posted(client, full_name, push.commit)
    now = context.now()
    if push.only_head and head != push.commit:
        return PushOutcome(student, PushState.SUPERSEDED)
    if context.is_graded(student, posted):
        return PushOutcome(student, PushState.ALREADY)

    until = next_attempt(policy, push.repository.commented_at, now)
    if until is not None and push.only_head and not posted.comments:
        status = waiting_status(context.assignment.checkpoints[0].id, until, policy)
        if posted.statuses.get(status.context) != status:
            set_status(client, full_name, push.commit, status)
        return PushOutcome(student, PushState.WAITING)

    late = lateness(policy, student, pushed_at(client, push.repository, push.commit))
    grade = _kept_grade(context, push) or _new_grade(context, examiner, push)
    if context.book is not None and late.counts:
        handin = Handin(handed_in_at=late.pushed_at, commit=push.commit, repository=full_name)
        context.book.hand_in(student.id, grade, handin)

    feedback = feedback_on_push(
        grade,
        push.commit,
        policy.detail_at(now),
        late,
        policy,
        f"{client.server.url}/{full_name}/blob/{push.commit}/",
        policy.withheld_until(student, now),
    )
    is_posted = post_feedback(client, full_name, push.commit, feedback, only_head=push.only_head)
    return PushOutcome(
        student,
        PushState.GRADED if is_posted else PushState.SUPERSEDED,
        _grader_fault(grade),
        grade.count(Outcome.UNREADABLE),
    )


def _kept_grade(context: PushContext, push: Push) -> Grade | None:
    """Return the grade that an earlier run was stopped before posting, if it is still right."""
    grade = read_result(context.state / RESULTS / f"{push.student.id}.json")
    if (
        grade is None
        or context.regrade
        or grade.assignment != context.assignment.id
        or grade.submission.commit != push.commit
        or not is_current(grade, suite=context.suite, confined=context.confined)
    ):
        return None
    return grade


def _new_grade(context: PushContext, examiner: Examiner, push: Push) -> Grade:
    """Fetch a push and grade it; keep the grade, and what the grader printed."""
    submission = fetch_submission(
        context.client.server, push.repository.full_name, push.commit, context.assignment
    )
    grade, grader_log = examiner.grade(submission)
    write_result(context.state / RESULTS / f"{push.student.id}.json", grade)
    if grader_log:
        write_grader_log(context.state, push.student.id, f"{push.commit}\n{grader_log}")
    return grade


def _grader_fault(grade: Grade) -> str:
    """Say at how many tests the grader failed; empty if at none."""
    if not grade.is_incomplete:
        return ""
    failed = grade.count(Outcome.GRADER_ERROR)
    return f"the grader failed at {counted(failed, 'test')}, whose points are open"


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold a lock, and say whether we have it; the kernel frees it if its process is killed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
