"""Releases the solutions: a branch and a pull request in each student's repository.

GitHub is the only record of what was released: a branch that has the solutions stays, and a pull
request is opened once, even if the student has closed it since.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from autograder.assignment import Assignment
from autograder.distribution.per_student import DistributionOutcome, StudentResult, for_each_student
from autograder.errors import DistributionError
from autograder.github.client import GitHubClient
from autograder.github.commits import (
    CommittedFile,
    RemoteBranches,
    ScratchRepository,
    scratch_repository,
)
from autograder.github.queries import find_pull_request, open_pull_request
from autograder.gradebook.student import Student
from autograder.policy import Policy

BRANCH = "solutions"

_PULL_REQUEST = (
    "The solutions of *{title}*, on top of your own work: *Files changed* shows what they do"
    " differently. Yours counts as it was handed in; merge this or close it, as you like."
)


@dataclass(frozen=True)
class ReleasePlan:
    """What to release, and when."""

    assignment: Assignment
    policy: Policy
    files: Mapping[str, bytes]
    """The solutions, by name."""
    now: datetime
    force: bool = False
    """Release before the deadline and extensions."""
    dry_run: bool = False


def solutions_open_at(policy: Policy, student: Student | None = None) -> datetime | None:
    """Return from when on solutions may be seen: once work does not count any more.

    None if the course names no deadline: then they may be seen at any time.

    Args:
        policy: The course's.
        student: Whose extension counts; None for the course's deadline.
    """
    return policy.counts_until(student) or policy.in_time_until(student)


def release_solutions(
    plan: ReleasePlan, students: Iterable[Student], github: GitHubClient
) -> Iterator[StudentResult]:
    """Release the solutions to each student; one that fails stops no other.

    Args:
        plan: What to release.
        students: To whom.
        github: Where the repositories are; its token writes contents and pull requests there.

    Yields:
        The result for each student.

    Raises:
        DistributionError: It is too early for anybody, and not forced.
    """
    opens = solutions_open_at(plan.policy)
    if not plan.force and opens is not None and plan.now < opens:
        raise DistributionError(
            f"work counts until {opens:%Y-%m-%d %H:%M %Z}: release the solutions after that, or"
            " with --force"
        )
    yield from for_each_student(
        plan.policy,
        students,
        lambda student, full_name: _release_to(student, full_name, plan, github),
    )


def _release_to(
    student: Student, full_name: str, plan: ReleasePlan, github: GitHubClient
) -> tuple[DistributionOutcome, str]:
    opens = solutions_open_at(plan.policy, student)
    if not plan.force and opens is not None and plan.now < opens:
        return DistributionOutcome.NOT_DUE, f"{opens:%Y-%m-%d %H:%M %Z}"
    return _release_into(full_name, plan, github)


def _release_into(
    full_name: str, plan: ReleasePlan, github: GitHubClient
) -> tuple[DistributionOutcome, str]:
    with scratch_repository(github.server.remote(full_name)) as repository:
        branches = repository.branches()
        if branches.head is None:
            raise DistributionError("the repository is still empty")
        request = find_pull_request(github, full_name, BRANCH)
        if request is not None and BRANCH not in branches.commits:
            return (
                DistributionOutcome.RELEASED_BEFORE,
                request.address,
            )  # merged or closed, and the branch deleted
        has_news = _push_solutions(repository, branches, plan)
    if has_news is None:
        return DistributionOutcome.SAME, ""
    if request is not None and not has_news:
        return DistributionOutcome.RELEASED_BEFORE, request.address
    if plan.dry_run:
        return DistributionOutcome.TO_RELEASE, request.address if request else ""
    if request is None:
        title = plan.assignment.title
        request = open_pull_request(
            github,
            full_name,
            branch=BRANCH,
            base=branches.default,
            title=f"Solutions of {title}",
            body=_PULL_REQUEST.format(title=title),
        )
    return DistributionOutcome.RELEASED, request.address


def _push_solutions(
    repository: ScratchRepository, branches: RemoteBranches, plan: ReleasePlan
) -> bool | None:
    """Put the solutions on their branch.

    Returns:
        Whether there was, or would be, something to push; None if the student's files are the
        same as the solutions, and the branch does not exist.
    """
    before = branches.commits.get(BRANCH)
    parent = before or branches.head
    assert parent is not None
    repository.fetch(parent)
    files = {name: CommittedFile(content) for name, content in plan.files.items()}
    commit = repository.commit(parent, files, f"Solutions of {plan.assignment.title}\n")
    if not repository.changes(parent, commit):
        return False if before else None
    if not plan.dry_run:
        repository.push(commit, BRANCH)
    return True
