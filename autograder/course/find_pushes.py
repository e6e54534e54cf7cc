"""Finds what `grade-pushes` has to do about each student, and writes nothing.

Most students need no more than the one query that looks up many repositories. All pushes of a
student are read only if the last one is not graded yet, or if another branch may hold their work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from autograder.assignment import Assignment
from autograder.course.handin_history import (
    BranchWork,
    PushedHandin,
    counting_handin,
    find_handin,
    graded_handin,
    unseen_work,
)
from autograder.course.handouts import Handouts
from autograder.course.posting import PostedFeedback, read_posted
from autograder.course.push_feedback import is_hint
from autograder.course.pushes import PushReader
from autograder.course.repositories import StudentRepository, find_student_repositories
from autograder.errors import GitHubError
from autograder.github.client import GitHubClient
from autograder.github.queries import RepositoryState
from autograder.gradebook.book import Book
from autograder.gradebook.student import Student
from autograder.lateness import lateness
from autograder.policy import Policy


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
    """What to grade, in this order: the hand-in that counts, and the newest, if it is another."""
    counting: PushedHandin | None
    """The hand-in that counts, also if it is graded already."""
    recorded: PushedHandin | None
    """The hand-in that the gradebook keeps: the one that counts; if all is too late, the newest."""
    head: str | None = None
    """Superseded once the default branch is not here any more; None: an instructor asked for it."""
    hint: BranchWork | None = None
    """Work on another branch, of which the student must be told."""
    note: str = ""
    otherwise: PushState = PushState.ALREADY
    """The state if nothing must be graded."""


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
    last = context.policy.in_time_until(student)
    is_over = last is not None and context.now() > last
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
    is_newest = found is not None and found == history.newest
    recorded = counting or (handin if is_newest else None)
    return Push(student, repository, (handin,), counting, recorded)


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
        graded_handin(policy, student, history),
        head=repository.head.commit if repository.head else None,
        hint=None if work is None or _has_hint(repository, work) else work,
        note=note,
        otherwise=PushState.NOTHING_YET if newest is None else PushState.ALREADY,
    )
    if newest is not None and not _is_newest_graded(context, student, repository, newest):
        both = (handin for handin in (counting, newest) if handin is not None)
        return replace(push, handins=tuple(dict.fromkeys(both)))
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


def _has_hint(repository: RepositoryState, work: BranchWork) -> bool:
    return any(
        is_hint(comment, work.commit)
        for tip in repository.other_branches
        if tip.commit == work.commit
        for comment in tip.comments
    )
