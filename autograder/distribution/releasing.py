"""Releases the solutions: a branch and a pull request in each student's repository.

GitHub is the only record of what was released, so a run that was interrupted can be started again
and does what is left: a branch that has the solutions stays, and a pull request is opened once,
even if the student has closed it since.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from autograder.assignment import Assignment
from autograder.errors import AutograderError, DistributionError
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
from autograder.text import counted, in_markdown

BRANCH = "solutions"

_ADDRESS = re.compile(r"https?://[\w.:/-]+")

_PULL_REQUEST = (
    "The solutions of *{title}*, on top of your own work: *Files changed* shows what they do"
    " differently. Yours counts as it was handed in; merge this or close it, as you like."
)


class ReleaseOutcome(StrEnum):
    """The result of the release to a student."""

    RELEASED = "released"
    TO_RELEASE = "to be released"
    """By a dry run."""
    ALREADY = "released before"
    NOT_DUE = "not due yet"
    SAME = "hands in the same files"
    """There is nothing that a pull request could show."""
    NO_LOGIN = "no login known"
    FAILED = "failed"


@dataclass(frozen=True)
class StudentRelease:
    """The release to one student, and its result."""

    student: str
    repository: str
    outcome: ReleaseOutcome
    note: str = ""
    """The pull request's address, when it is due, or what went wrong."""


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


def solutions_open_at(policy: Policy, student: Student | None = None) -> datetime:
    """Return from when on solutions may be seen: once work does not count any more.

    Args:
        policy: The course's.
        student: Whose extension counts; None for the course's deadline.
    """
    return policy.counts_until(student) or policy.in_time_until(student)


def release_solutions(
    plan: ReleasePlan, students: Iterable[Student], github: GitHubClient
) -> Iterator[StudentRelease]:
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
    if not plan.force and plan.now < opens:
        raise DistributionError(
            f"work counts until {opens:%Y-%m-%d %H:%M %Z}: release the solutions after that, or"
            " with --force"
        )
    for student in students:
        yield _release_to(student, plan, github)


def _release_to(student: Student, plan: ReleasePlan, github: GitHubClient) -> StudentRelease:
    name = plan.policy.repository_of(student)
    if name is None:
        return StudentRelease(student.id, "", ReleaseOutcome.NO_LOGIN)
    full_name = f"{plan.policy.organization}/{name}"
    opens = solutions_open_at(plan.policy, student)
    if not plan.force and plan.now < opens:
        note = f"{opens:%Y-%m-%d %H:%M %Z}"
        return StudentRelease(student.id, full_name, ReleaseOutcome.NOT_DUE, note)
    try:
        outcome, note = _release_into(full_name, plan, github)
    except AutograderError as error:
        outcome, note = ReleaseOutcome.FAILED, str(error)
    return StudentRelease(student.id, full_name, outcome, note)


def _release_into(
    full_name: str, plan: ReleasePlan, github: GitHubClient
) -> tuple[ReleaseOutcome, str]:
    with scratch_repository(github.server.remote(full_name)) as repository:
        branches = repository.branches()
        if branches.head is None:
            raise DistributionError("the repository is still empty")
        request = find_pull_request(github, full_name, BRANCH)
        if request is not None and BRANCH not in branches.commits:
            return ReleaseOutcome.ALREADY, request  # merged or closed, and the branch deleted
        has_news = _push_solutions(repository, branches, plan)
    if has_news is None:
        return ReleaseOutcome.SAME, ""
    if request is not None and not has_news:
        return ReleaseOutcome.ALREADY, request
    if plan.dry_run:
        return ReleaseOutcome.TO_RELEASE, request or ""
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
    return ReleaseOutcome.RELEASED, request


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


def releases_page(plan: ReleasePlan, releases: Iterable[StudentRelease]) -> str:
    """Write what was done as a page in Markdown, failures first."""
    releases = tuple(releases)
    return "\n".join(_page_lines(plan, releases)) + "\n"


def _page_lines(plan: ReleasePlan, releases: tuple[StudentRelease, ...]) -> Iterator[str]:
    dry = " (a dry run: nothing was written)" if plan.dry_run else ""
    yield f"# Solutions of {in_markdown(plan.assignment.title)}{dry}"
    yield ""
    yield f"{plan.now:%Y-%m-%d %H:%M %Z}, {counted(len(releases), 'student')}."
    yield ""
    for outcome in ReleaseOutcome:
        number = sum(release.outcome is outcome for release in releases)
        if number:
            yield f"* {number} {outcome}"
    yield ""
    yield "| student | repository | | |"
    yield "|---|---|---|---|"
    for release in sorted(
        releases, key=lambda release: release.outcome is not ReleaseOutcome.FAILED
    ):
        cells = [
            in_markdown(cell) for cell in (release.student, release.repository, release.outcome)
        ]
        is_address = _ADDRESS.fullmatch(release.note)
        note = f"<{release.note}>" if is_address else in_markdown(release.note)
        yield f"| {' | '.join([*cells, note])} |"
