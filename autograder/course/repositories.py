"""Finds each student's repository, also that of a student whose account was renamed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.errors import GitHubError
from autograder.github.client import GitHubClient
from autograder.github.pushes import list_pushes, list_repositories
from autograder.github.queries import RepositoryState, find_repositories
from autograder.gradebook.student import Student
from autograder.policy import Policy, student_repositories

MOST_UNCLAIMED = 50
"""Repositories of nobody on the roster that are searched for a renamed student's pushes."""


@dataclass(frozen=True)
class StudentRepository:
    """What was found for one student."""

    student: Student
    repository: RepositoryState | None
    """None if there is none, or the token may not see it."""
    hint: str = ""
    """Where it may be, or under which other name it was found; else empty."""


def find_student_repositories(
    client: GitHubClient, policy: Policy, students: Sequence[Student], roster: Sequence[Student]
) -> Iterator[StudentRepository]:
    """Look up the repositories of students: by login, or else by the number of their account.

    The second way is for students whose `github_id` is on the roster and whose repository has the
    name of an earlier or a later login. It looks who pushed to the repositories that are named like
    students' ones and belong to nobody.

    Args:
        client: GitHub.
        policy: The course's.
        students: Whose repositories to find.
        roster: The whole class: a repository that is named after any of them is not searched.

    Yields:
        Each student that has a login.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    by_name = {
        name: student for student in students if (name := policy.repository_of(student)) is not None
    }
    renamed: list[Student] = []
    organization = student_repositories(policy).organization
    for name, repository in find_repositories(client, organization, by_name):
        student = by_name[name]
        if repository is None and student.github_id:
            renamed.append(student)
        else:
            yield StudentRepository(student, repository)
    if renamed:
        yield from _find_renamed(client, policy, roster, renamed)


def _find_renamed(
    client: GitHubClient, policy: Policy, roster: Sequence[Student], renamed: Sequence[Student]
) -> Iterator[StudentRepository]:
    organization = student_repositories(policy).organization
    claimed = {(policy.repository_of(student) or "").casefold() for student in roster}
    unclaimed = [
        name
        for name in list_repositories(client, organization)
        if _is_named_like_a_student_s(name, policy) and name.casefold() not in claimed
    ][:MOST_UNCLAIMED]
    pushed_to = _repositories_by_account(client, policy, unclaimed)
    names = {
        student.id: found[0]
        for student in renamed
        if len(found := pushed_to.get(student.github_id, [])) == 1
    }
    states = dict(find_repositories(client, organization, names.values()))
    for student in renamed:
        repository = states.get(names.get(student.id, ""))
        if repository is not None:
            hint = "the repository is named after another login: update the roster"
        elif unclaimed:
            hint = "the account may have been renamed: a repository of the course is nobody's"
        else:
            hint = ""
        yield StudentRepository(student, repository, hint)


def _is_named_like_a_student_s(name: str, policy: Policy) -> bool:
    before, _, after = student_repositories(policy).pattern.casefold().partition("{login}")
    return name.casefold().startswith(before) and name.casefold().endswith(after)


def _repositories_by_account(
    client: GitHubClient, policy: Policy, names: Sequence[str]
) -> Mapping[str, list[str]]:
    """Return to which of these repositories each account has pushed, by the account's number."""
    found: dict[str, list[str]] = {}
    organization = student_repositories(policy).organization
    for name in names:
        try:
            pushes = list_pushes(client, f"{organization}/{name}")
        except GitHubError:  # it is a possibility only, and the hint names it anyway
            continue
        for account in {push.actor.id for push in pushes if push.actor is not None}:
            found.setdefault(account, []).append(name)
    return found
