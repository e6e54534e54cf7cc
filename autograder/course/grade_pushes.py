"""Grades the hand-ins that are not graded yet, each once, however often and wherever this is run.

One round: `find_pushes` looks at all students' repositories and decides, by `handin_history`, what
there is to grade; `PushGrader.grade` grades these pushes side by side, and `grade_push` is what
happens to each.

GitHub is the only record of what is graded, so any machine can continue where another was stopped.
The folder of the state only saves work: the last grade of each student is kept there before it is
posted, so that a run which was killed in between need not grade again, and a lock for each student
keeps two runs on one machine from grading the same push.
"""

import fcntl
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder.assignment import Assignment, Course
from autograder.course.handin_history import (
    BranchWork,
    PushedHandin,
    counting_handin,
    find_handin,
    unseen_work,
)
from autograder.course.handouts import Handouts
from autograder.course.posting import (
    PostedFeedback,
    post_feedback,
    post_hint,
    read_posted,
    set_status,
)
from autograder.course.push_feedback import (
    feedback_on_push,
    hint_on_branch,
    is_hint,
    waiting_status,
)
from autograder.course.pushes import PushReader
from autograder.course.repositories import StudentRepository, find_student_repositories
from autograder.course.results import GRADER_LOGS, RESULTS, is_current, write_grader_log
from autograder.errors import AutograderError, GitHubError
from autograder.files import make_folder
from autograder.github.client import GitHubClient
from autograder.github.queries import RepositoryState
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
    NOTHING_YET = "nothing handed in yet"
    """There is nothing but the handout, and what staff pushed."""
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
    note: str = ""
    """What an instructor should know, in a line that names nobody; else empty."""
    unreadable: int = 0
    """Tests that could not read what the code left behind: an instructor should look at them."""


@dataclass(frozen=True)
class Push:
    """What there is to grade, and to tell, of one student."""

    student: Student
    repository: RepositoryState
    handins: tuple[PushedHandin, ...]
    """To be graded in this order: the one that counts, then the newest; mostly they are one."""
    counting: PushedHandin | None
    """The one that counts, whether it is to be graded or not."""
    head: str | None = None
    """Superseded once the default branch is not here any more; None: an instructor asked for it."""
    hint: BranchWork | None = None
    """Work on another branch that the student is to be told of."""
    note: str = ""
    otherwise: PushState = PushState.ALREADY
    """The state if nothing is to be graded."""


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
    handouts: Handouts
    """What students were given."""
    state: Path
    """Folder for results, logs and locks."""
    book: Book | None = None
    """The gradebook into which grades and push times are written, too."""
    regrade: bool = False
    """Grade again what is graded; if the grade changes, its comment is edited."""
    confined: bool = True
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @cached_property
    def reader(self) -> PushReader:
        """Reads what students pushed."""
        return PushReader(self.client, self.policy, self.handouts)

    def is_graded(self, student: Student, posted: PostedFeedback) -> bool:
        """Whether everything that a student should see now is posted, and is not to be regraded."""
        now = self.now()
        return not self.regrade and posted.is_complete(
            [checkpoint.id for checkpoint in self.assignment.checkpoints],
            self.policy.detail_at(now),
            self.policy.terms(student),
            may_withhold=self.policy.withheld_until(student, now) is not None,
        )


def find_pushes(
    context: PushContext,
    students: Sequence[Student],
    roster: Sequence[Student],
    commit: str | None = None,
) -> FoundPushes:
    """Find what there is to grade.

    Args:
        context: The course.
        students: Whose pushes.
        roster: The whole class.
        commit: A commit to grade in place of the last hand-in.

    Raises:
        GitHubError: GitHub could not be asked; then nothing has begun.
    """
    to_grade: list[Push] = []
    others = [
        PushOutcome(student, PushState.NO_LOGIN)
        for student in students
        if context.policy.repository_of(student) is None
    ]
    for found in find_student_repositories(context.client, context.policy, students, roster):
        try:
            step = _look_at(context, found, commit)
        except GitHubError as error:
            step = PushOutcome(found.student, PushState.FAILED, str(error))
        if isinstance(step, Push):
            to_grade.append(replace(step, note=step.note or found.hint))
        else:
            others.append(replace(step, note=step.note or found.hint))
    return FoundPushes(tuple(to_grade), tuple(others))


def _look_at(
    context: PushContext, found: StudentRepository, commit: str | None
) -> Push | PushOutcome:
    """Decide what there is to do about one student.

    Raises:
        GitHubError: GitHub does not say.
    """
    student, repository = found.student, found.repository
    if repository is None:
        return PushOutcome(student, PushState.NO_REPOSITORY)
    if repository.head is None and not repository.other_branches:
        return PushOutcome(student, PushState.NO_PUSH)
    if repository.is_archived:
        return PushOutcome(student, PushState.ARCHIVED)
    if commit is not None:
        return _asked_for(context, student, repository, commit)
    if context.reader.is_untouched(repository):
        return PushOutcome(student, PushState.NOTHING_YET)
    is_over = context.now() > context.policy.in_time_until(student)
    if (
        repository.head is not None
        and context.is_graded(student, PostedFeedback.at(repository.head))
        and not (is_over and _is_there_more(context, repository))
    ):
        return PushOutcome(student, PushState.ALREADY)
    return _look_closer(context, student, repository)


def _is_there_more(context: PushContext, repository: RepositoryState) -> bool:
    """Whether another branch may hold work of which the student was not told."""
    return any(
        context.reader.may_be_work(repository, tip)
        and not any(is_hint(comment, tip.commit) for comment in tip.comments)
        for tip in repository.other_branches
    )


def _asked_for(
    context: PushContext, student: Student, repository: RepositoryState, commit: str
) -> Push:
    """Return the push of a commit that an instructor asked for."""
    history = context.reader.history(repository, student)
    at = history.pushed_at.get(commit) or repository.pushed_at
    if at is None:
        raise GitHubError("GitHub does not say when it was pushed (reading push times)")
    found = find_handin(history, commit)
    handin = replace(found, latest=commit) if found else PushedHandin(commit, at, commit)
    counting = counting_handin(context.policy, student, history)
    if counting is None and found is None and lateness(context.policy, student, at).counts:
        counting = handin  # such as what a student sent to an instructor, who pushed it
    elif counting == found:
        counting = handin
    return Push(student, repository, (handin,), counting)


def _look_closer(
    context: PushContext, student: Student, repository: RepositoryState
) -> Push | PushOutcome:
    """Decide by all of a student's pushes."""
    policy = context.policy
    history = context.reader.history(repository, student)
    counting, newest = counting_handin(policy, student, history), history.newest
    work = unseen_work(policy, student, history, context.now())
    note = "has work on a branch that is not graded" if work else ""
    push = Push(
        student,
        repository,
        (),
        counting,
        head=repository.head.commit if repository.head else None,
        hint=None if work is None or _is_told(repository, work) else work,
        note=note,
        otherwise=PushState.NOTHING_YET if newest is None else PushState.ALREADY,
    )
    if newest is not None and not _is_newest_graded(context, student, repository, newest):
        handins = (newest,) if counting in (None, newest) else (counting, newest)
        return replace(push, handins=tuple(filter(None, handins)))
    return push if push.hint else PushOutcome(student, push.otherwise, note=note)


def _is_newest_graded(
    context: PushContext, student: Student, repository: RepositoryState, newest: PushedHandin
) -> bool:
    """Whether all is posted of the newest hand-in; then it is of the one that counts, too."""
    head = repository.head
    if head is not None and head.commit == newest.latest:
        return context.is_graded(student, PostedFeedback.at(head))
    _, posted = read_posted(context.client, repository.full_name, newest.latest)
    return context.is_graded(student, posted)


def _is_told(repository: RepositoryState, work: BranchWork) -> bool:
    return any(
        is_hint(comment, work.commit)
        for tip in repository.other_branches
        if tip.commit == work.commit
        for comment in tip.comments
    )


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
            write_grader_log(context.state, push.student.id, text)
        what = f"{type(error).__name__} in the grader; its text may name students,"
        problem = f"{what} and is in the folder {GRADER_LOGS!r}"
        return PushOutcome(push.student, PushState.FAILED, problem)


def _grade_locked(context: PushContext, examiner: Examiner, push: Push) -> PushOutcome:
    """Do all that there is to do about one student, in order."""
    outcome = PushOutcome(push.student, push.otherwise)
    for handin in push.handins:
        outcome = _grade_handin(context, examiner, push, handin)
        if outcome.state not in (PushState.GRADED, PushState.ALREADY):
            break
    if push.hint is not None:
        text = hint_on_branch(push.hint, push.repository.branch, context.policy)
        post_hint(context.client, push.repository.full_name, push.hint.commit, text)
    return replace(outcome, note=push.note)


def _grade_handin(
    context: PushContext, examiner: Examiner, push: Push, handin: PushedHandin
) -> PushOutcome:
    """Look again, grade, record and post: all that happens to one hand-in, in order."""
    client, policy, student = context.client, context.policy, push.student
    full_name, commit = push.repository.full_name, handin.latest

    # Another run may have graded it since it was found, or a newer push may have come.
    head, posted = read_posted(client, full_name, commit)
    now = context.now()
    if push.head is not None and head != push.head:
        return PushOutcome(student, PushState.SUPERSEDED)
    if context.is_graded(student, posted):
        return PushOutcome(student, PushState.ALREADY)

    until = next_attempt(policy, push.repository.commented_at, now)
    if until is not None and push.head is not None and not posted.comments:
        status = waiting_status(context.assignment.checkpoints[0].id, until, policy)
        if posted.statuses.get(status.context) != status:
            set_status(client, full_name, commit, status)
        return PushOutcome(student, PushState.WAITING)

    late = lateness(policy, student, handin.at)
    grade = _kept_grade(context, student, commit) or _new_grade(context, examiner, push, commit)
    if context.book is not None and handin == push.counting:
        at_github = Handin(handed_in_at=handin.at, commit=handin.commit, repository=full_name)
        context.book.hand_in(student.id, grade, at_github)

    feedback = feedback_on_push(
        grade,
        commit,
        policy.detail_at(now),
        late,
        policy,
        f"{client.server.url}/{full_name}/blob/{commit}/",
        policy.withheld_until(student, now),
        terms=policy.terms(student),
        instead=push.counting if handin != push.counting else None,
    )
    is_posted = post_feedback(client, full_name, commit, feedback, push.head)
    return PushOutcome(
        student,
        PushState.GRADED if is_posted else PushState.SUPERSEDED,
        _grader_fault(grade),
        unreadable=grade.count(Outcome.UNREADABLE),
    )


def _kept_grade(context: PushContext, student: Student, commit: str) -> Grade | None:
    """Return the grade that an earlier run was stopped before posting, if it is still right."""
    grade = read_result(context.state / RESULTS / f"{student.id}.json")
    if (
        grade is None
        or context.regrade
        or grade.assignment != context.assignment.id
        or grade.submission.commit != commit
        or not is_current(grade, suite=context.suite, confined=context.confined)
    ):
        return None
    return grade


def _new_grade(context: PushContext, examiner: Examiner, push: Push, commit: str) -> Grade:
    """Fetch a commit and grade it; keep the grade, and what the grader printed."""
    submission = fetch_submission(
        context.client.server, push.repository.full_name, commit, context.assignment
    )
    grade, grader_log = examiner.grade(submission)
    write_result(context.state / RESULTS / f"{push.student.id}.json", grade)
    if grader_log:
        write_grader_log(context.state, push.student.id, f"{commit}\n{grader_log}")
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
