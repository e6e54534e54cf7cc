"""What a class had pushed when it was due: for each student the commit that counts.

It is the last one that GitHub had received by the student's own deadline, grace included. Who had
pushed nothing by then is graded by the last commit that the policy still takes as late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.assignment import Assignment
from autograder.course.pushes import Repository, find_repositories, head_at
from autograder.errors import GitHubError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.student import Student
from autograder.intake.commits import fetch_submission
from autograder.policy import DAY, Policy
from autograder.submission import Submission

NEVER = timedelta(days=36500)
"""How much later than due counts, where the policy says nothing of it."""


@dataclass(frozen=True)
class Pushed:
    """The commit of one student."""

    student: str
    place: GitHubServer
    repository: str
    commit: str
    handed_in_at: datetime

    def read(self, assignment: Assignment) -> Submission:
        """Fetch it; see `fetch_submission`."""
        return fetch_submission(self.place, self.repository, self.commit, assignment)


@dataclass(frozen=True)
class ClassPushes:
    """All that was pushed."""

    pushed: tuple[Pushed, ...]
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
    owners = {name: one for one in students if (name := policy.repository_of(one)) is not None}
    pushed: list[Pushed] = []
    unseen: list[tuple[str, str]] = []
    missing = [one.id for one in students if policy.repository_of(one) is None]
    for name, repository in find_repositories(client, policy.organization, owners):
        student = owners[name]
        try:
            found = commit_that_counts(client, policy, student, repository)
        except GitHubError as error:
            unseen.append((student.id, str(error)))
            continue
        if found is None or repository is None:
            missing.append(student.id)
        else:
            commit, at = found
            pushed.append(Pushed(student.id, client.server, repository.full_name, commit, at))
    return ClassPushes(
        tuple(sorted(pushed, key=lambda one: one.student)), tuple(sorted(missing)), tuple(unseen)
    )


def commit_that_counts(
    client: GitHubClient, policy: Policy, student: Student, repository: Repository | None
) -> tuple[str, datetime] | None:
    """Find the commit by which a student is graded, and when it came; None where there is none.

    Raises:
        GitHubError: GitHub does not tell.
    """
    if repository is None or repository.head is None:
        return None
    due = policy.due(student)
    in_time = head_at(client, repository, due + timedelta(minutes=policy.deadline.grace_minutes))
    if in_time is not None:
        return in_time
    days = policy.late.days if policy.late else None
    return head_at(client, repository, due + (NEVER if days is None else days * DAY))
