"""What a class had pushed when it was due: for each student the commit that counts.

It is the last one that GitHub had received by the student's own deadline, grace included. Students
who had pushed nothing by then are graded by the last commit that the policy still takes as late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.assignment import Assignment
from autograder.course.pushes import head_at
from autograder.errors import GitHubError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.queries import RepositoryState, find_repositories
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
