"""Grades the hand-ins that are not graded yet, each once, however often and wherever this is run.

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
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder.assignment import Course
from autograder.course.find_pushes import Push, PushContext, PushOutcome, PushState
from autograder.course.handin_history import PushedHandin
from autograder.course.posting import post_feedback, post_hint, read_posted, set_status
from autograder.course.push_feedback import feedback_on_push, hint_on_branch, waiting_status
from autograder.course.results import GRADER_LOGS, RESULTS, is_current, write_grader_log
from autograder.errors import AutograderError, GitHubError
from autograder.files import make_folder
from autograder.gradebook.entries import entry_of, seen_by_student
from autograder.gradebook.handins import Handin
from autograder.gradebook.student import Student
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.foreman.pool import ExaminerPool
from autograder.grading.grade import Grade, Outcome
from autograder.grading.results import read_result, write_result
from autograder.intake.commits import fetch_submission
from autograder.policy import Policy
from autograder.text import counted

LOCKS = "locks"
HOUR = timedelta(hours=1)


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
        if pushes:
            yield from self._ready_pool().each(self._grade_one, pushes)

    def submit(self, push: Push) -> Future[PushOutcome]:
        """Have a push graded, and its grade posted.

        Raises:
            AutograderError: The folder of the state cannot be used, or no examiner can start.
        """
        return self._ready_pool().submit(self._grade_one, push)

    def _grade_one(self, examiner: Examiner, push: Push) -> PushOutcome:
        return grade_push(self._context, examiner, push)

    def _ready_pool(self) -> ExaminerPool:
        """Return the examiners, started if they were not."""
        context = self._context
        if self._pool is None:
            for name in (RESULTS, LOCKS, GRADER_LOGS):
                make_folder(context.state / name)
            pool = ExaminerPool(
                context.assignment, self._course, self._workers, confined=context.confined
            )
            self._pool = self._opened.enter_context(pool)
        return self._pool


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

    grade = _kept_grade(context, student, commit) or _new_grade(context, examiner, push, commit)
    at_github = Handin(handed_in_at=handin.at, commit=handin.commit, repository=full_name)
    if context.book is not None and handin == push.recorded:
        context.book.hand_in(student.id, grade, at_github)

    withheld_until = policy.withheld_until(student, now)
    feedback = feedback_on_push(
        seen_by_student(entry_of(student, grade, at_github, policy), policy, now),
        commit,
        policy.detail_at(now),
        policy,
        f"{client.server.url}/{full_name}/blob/{commit}/",
        withheld_until,
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
