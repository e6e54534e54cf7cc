"""Makes the students' repositories from a template, and invites each student to write to it.

A repository that exists stays as it is. GitHub is asked what is there and who has access, so that
the command can be run again: after an interruption, for students who came later, and for
invitations that expired.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.distribution.per_student import DistributionOutcome, StudentResult, for_each_student
from autograder.errors import DistributionError
from autograder.github.access import (
    find_invitation,
    find_settings,
    has_account,
    invite_to_write,
    make_from_template,
    permission_of,
    withdraw_invitation,
)
from autograder.github.client import GitHubClient
from autograder.gradebook.student import Student
from autograder.policy import Policy


@dataclass(frozen=True)
class MakingPlan:
    """What to make."""

    template: str
    """The template repository, `owner/name`."""
    policy: Policy
    dry_run: bool = False


def make_repositories(
    plan: MakingPlan, students: Iterable[Student], github: GitHubClient
) -> Iterator[StudentResult]:
    """Make each student's repository, and give the student access; one that fails stops no other.

    Args:
        plan: What to make.
        students: For whom.
        github: Where; its token administers the organisation's repositories.

    Yields:
        The result for each student.

    Raises:
        DistributionError: There is no such template.
    """
    settings = find_settings(github, plan.template)
    if settings is None:
        raise DistributionError("there is no such template repository, or the token may not see it")
    if not settings.is_template:
        raise DistributionError(
            "the template repository is not marked as one: on GitHub, turn on"
            " Settings > Template repository"
        )
    yield from for_each_student(
        plan.policy, students, lambda student, full_name: _make(student, full_name, plan, github)
    )


def _make(
    student: Student, full_name: str, plan: MakingPlan, github: GitHubClient
) -> tuple[DistributionOutcome, str]:
    login = student.login
    assert login is not None  # `repository_of` asks for it
    if not has_account(github, login):
        return DistributionOutcome.UNKNOWN_LOGIN, login
    address = f"{github.server.url}/{full_name}"
    settings = find_settings(github, full_name)
    if settings is None:
        if plan.dry_run:
            return DistributionOutcome.TO_MAKE, ""
        make_from_template(github, plan.template, full_name)
        invite_to_write(github, full_name, login)
        return DistributionOutcome.MADE, address
    if not settings.is_private:
        raise DistributionError("the repository is public: make it private")
    permission = permission_of(github, full_name, login)
    if permission == "admin":
        raise DistributionError("the student is an admin of the repository: change that to Write")
    if permission == "write":
        return DistributionOutcome.READY, address
    invitation = find_invitation(github, full_name, login)
    if invitation and not invitation.is_expired:
        return DistributionOutcome.WAITING, address
    if plan.dry_run:
        return DistributionOutcome.TO_INVITE, address
    if invitation:  # GitHub sends no second one while the first is in its list
        withdraw_invitation(github, full_name, invitation)
    invite_to_write(github, full_name, login)
    return DistributionOutcome.INVITED, address
