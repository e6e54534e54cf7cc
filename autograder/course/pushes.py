"""When a student's commits were pushed, and by which of them the student is graded.

For a class, the commit that counts is the last one that GitHub had received by the student's own
deadline, grace included. Students who had pushed nothing by then are graded by the last commit that
the policy still takes as late.

The list of pushes to the default branch says when a commit came. If a commit is not in it,
`pushedAt` of the repository is used: the time of its last push to any branch, and so never too
early.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.assignment import Assignment
from autograder.errors import GitHubError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.queries import (
    MOST_PUSHES,
    RepositoryState,
    find_repositories,
    list_pushes,
)
from autograder.gradebook.student import Student
from autograder.intake.commits import fetch_submission
from autograder.policy import DAY, Policy
from autograder.submission import Submission

ANY_TIME = timedelta(days=36500)
"""How late still counts if the policy sets no limit: a century."""


@dataclass(frozen=True)
class PushedSubmission:
    """The commit by which one student is graded."""

    student: str
    server: GitHubServer
    repository: str
    commit: str
    handed_in_at: datetime

    @property
    def origin(self) -> str:
        """What GitHub calls the repository."""
        return self.repository

    def read(self, assignment: Assignment) -> Submission:
        """Fetch it; see `fetch_submission`."""
        return fetch_submission(self.server, self.repository, self.commit, assignment)


@dataclass(frozen=True)
class ClassPushes:
    """The commits of a class."""

    pushed: tuple[PushedSubmission, ...]
    """By student."""
    missing: tuple[str, ...]
    """The ids of students who have pushed nothing that counts."""
    unseen: tuple[tuple[str, str], ...]
    """The students whose pushes could not be looked up, and why."""


def find_class_pushes(
    client: GitHubClient, policy: Policy, students: Sequence[Student]
) -> ClassPushes:
    """Find the commit that counts, of each student.

    Raises:
        GitHubError: GitHub could not be asked at all.
    """
    by_repository: dict[str, Student] = {}
    missing: list[str] = []
    for student in students:
        name = policy.repository_of(student)
        if name is None:
            missing.append(student.id)
        else:
            by_repository[name] = student
    pushed: list[PushedSubmission] = []
    unseen: list[tuple[str, str]] = []
    for name, repository in find_repositories(client, policy.organization, by_repository):
        student = by_repository[name]
        try:
            found = commit_that_counts(client, policy, student, repository)
        except GitHubError as error:
            unseen.append((student.id, str(error)))
            continue
        if found is None or repository is None:
            missing.append(student.id)
        else:
            commit, at = found
            pushed.append(
                PushedSubmission(student.id, client.server, repository.full_name, commit, at)
            )
    pushed.sort(key=lambda submission: submission.student)
    return ClassPushes(tuple(pushed), tuple(sorted(missing)), tuple(unseen))


def commit_that_counts(
    client: GitHubClient, policy: Policy, student: Student, repository: RepositoryState | None
) -> tuple[str, datetime] | None:
    """Return the commit by which a student is graded, and when it came; None if there is none.

    Raises:
        GitHubError: GitHub does not say.
    """
    if repository is None or repository.head is None:
        return None
    due = policy.due(student)
    in_time = head_at(client, repository, due + timedelta(minutes=policy.deadline.grace_minutes))
    if in_time is not None:
        return in_time
    days = policy.late.days if policy.late else None
    return head_at(client, repository, due + (ANY_TIME if days is None else days * DAY))


def pushed_at(client: GitHubClient, repository: RepositoryState, commit: str) -> datetime:
    """Return when GitHub received a commit at the default branch.

    If it came there more than once, the first time counts: it was handed in then.

    Raises:
        GitHubError: GitHub does not say.
    """
    pushes = list_pushes(client, repository.full_name, repository.branch)
    times = [push.at for push in pushes if push.commit == commit]
    if times:
        return min(times)
    if repository.pushed_at is None:
        raise GitHubError("GitHub does not say when it was pushed (reading push times)")
    return repository.pushed_at


def head_at(
    client: GitHubClient, repository: RepositoryState, moment: datetime
) -> tuple[str, datetime] | None:
    """Return which commit the default branch pointed at, at a moment, and when it came.

    Returns:
        None if there was none.

    Raises:
        GitHubError: GitHub does not say.
    """
    pushes = list_pushes(client, repository.full_name, repository.branch)
    before = [push for push in pushes if push.at <= moment]
    if before:
        last = max(before, key=lambda push: push.at)
        return (last.commit, last.at) if last.commit else None
    if len(pushes) == MOST_PUSHES:
        raise GitHubError(f"more than {MOST_PUSHES} pushes came since then (reading push times)")
    if pushes or repository.head is None or repository.pushed_at is None:
        return None
    # The list does not reach back to repositories that are older than it.
    if repository.pushed_at > moment:
        return None
    return repository.head.commit, repository.pushed_at
