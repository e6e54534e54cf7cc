"""Releases the solutions: a branch and a pull request in each student's repository.

What was done stands on GitHub alone, so a run that was interrupted is begun anew, and does what is
left: a branch that has the solutions stays, and a pull request is opened once, even where the
student has closed it since.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from autograder.assignment import Assignment
from autograder.errors import AutograderError, PublishError
from autograder.github.client import GitHubClient, UncertainError
from autograder.github.commits import File, Head, Remote, Workshop, workshop
from autograder.gradebook.student import Student
from autograder.policy import Policy
from autograder.text import in_markdown

BRANCH = "solutions"

_ADDRESS = re.compile(r"https?://[\w.:/-]+")

_TEXT = (
    "The solutions of *{title}*, on top of your own work: *Files changed* shows what they do"
    " differently. Yours counts as it was handed in; merge this or close it, as you like."
)


class Outcome(StrEnum):
    """What became of a student's release."""

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
class Release:
    """What became of one student's release."""

    student: str
    repository: str
    outcome: Outcome
    note: str = ""
    """The pull request's address, when it is due, or what went wrong."""


@dataclass(frozen=True)
class Plan:
    """What to release, and when."""

    assignment: Assignment
    policy: Policy
    files: Mapping[str, bytes]
    """The solutions, by name."""
    now: datetime
    force: bool = False
    """Whether nobody's deadline counts."""
    dry_run: bool = False


def open_from(policy: Policy, student: Student | None = None) -> datetime:
    """Say from when on solutions may be seen: once work does not count any more.

    Args:
        policy: The course's.
        student: Whose extension counts; None for the course's deadline.
    """
    due = policy.due(student) if student else policy.deadline.at
    grace = timedelta(minutes=policy.deadline.grace_minutes)
    late = timedelta(days=(policy.late.days or 0) if policy.late else 0)
    return due + max(grace, late)


def release(
    plan: Plan,
    students: Iterable[Student],
    github: GitHubClient,
    on_done: Callable[[Release], None] = lambda _: None,
) -> tuple[Release, ...]:
    """Release the solutions to each student; one that fails stops no other.

    Args:
        plan: What to release.
        students: To whom.
        github: Where the repositories are; its token writes contents and pull requests there.
        on_done: Told of each student.

    Raises:
        PublishError: It is too early for anybody, and not forced.
    """
    begins = open_from(plan.policy)
    if not plan.force and plan.now < begins:
        raise PublishError(
            f"work counts until {begins:%Y-%m-%d %H:%M %Z}: release the solutions after that, or"
            " with --force"
        )
    done = []
    for student in students:
        done.append(_release_to(student, plan, github))
        on_done(done[-1])
    return tuple(done)


def _release_to(student: Student, plan: Plan, github: GitHubClient) -> Release:
    name = plan.policy.repository_of(student)
    if name is None:
        return Release(student.id, "", Outcome.NO_LOGIN)
    full_name = f"{plan.policy.organization}/{name}"
    begins = open_from(plan.policy, student)
    if not plan.force and plan.now < begins:
        return Release(student.id, full_name, Outcome.NOT_DUE, f"{begins:%Y-%m-%d %H:%M %Z}")
    try:
        outcome, note = _release_into(full_name, plan, github)
    except AutograderError as error:
        outcome, note = Outcome.FAILED, str(error)
    return Release(student.id, full_name, outcome, note)


def _release_into(full_name: str, plan: Plan, github: GitHubClient) -> tuple[Outcome, str]:
    place = github.place
    with workshop(Remote(f"{place.server}/{full_name}.git", place.token)) as shop:
        head = shop.head()
        if head.commit is None:
            raise PublishError("the repository has no commit yet")
        request = _pull_request(github, full_name)
        if request is not None and BRANCH not in head.branches:
            return Outcome.ALREADY, request  # merged or closed, and tidied up
        pushed = _commit(shop, head, plan)
    if pushed is None:
        return Outcome.SAME, ""
    if request is not None and not pushed:
        return Outcome.ALREADY, request
    if plan.dry_run:
        return Outcome.TO_RELEASE, request or ""
    if request is None:
        request = _open_pull_request(github, full_name, head.branch, plan)
    return Outcome.RELEASED, request


def _commit(shop: Workshop, head: Head, plan: Plan) -> bool | None:
    """Put the solutions on their branch.

    Returns:
        Whether there was, or would be, something to push; None where the student's files are the
        same as the solutions, and there is no branch.
    """
    before = head.branches.get(BRANCH)
    parent = before or head.commit
    assert parent is not None
    shop.fetch(parent)
    files = {name: File(content) for name, content in plan.files.items()}
    commit = shop.commit(parent, files, f"Solutions of {plan.assignment.title}\n")
    if not shop.changes(parent, commit):
        return False if before else None
    if not plan.dry_run:
        shop.push(commit, BRANCH)
    return True


def _pull_request(github: GitHubClient, full_name: str) -> str | None:
    """Find the pull request of the solutions' branch, open or closed."""
    owner = full_name.partition("/")[0]
    found = github.get(
        f"/repos/{full_name}/pulls",
        "looking for a pull request",
        head=f"{owner}:{BRANCH}",
        state="all",
        per_page="1",
    )
    return str(found[0]["html_url"]) if found else None


def _open_pull_request(github: GitHubClient, full_name: str, base: str, plan: Plan) -> str:
    body = {
        "title": f"Solutions of {plan.assignment.title}",
        "head": BRANCH,
        "base": base,
        "body": _TEXT.format(title=plan.assignment.title),
    }
    try:
        made = github.write(
            "POST", f"/repos/{full_name}/pulls", "opening a pull request", body, repeatable=False
        )
    except UncertainError:
        found = _pull_request(github, full_name)
        if found is None:
            raise
        return found
    return str(made["html_url"])


def as_page(plan: Plan, releases: Iterable[Release]) -> str:
    """Write what was done as a page in Markdown, failures first."""
    releases = tuple(releases)
    return "\n".join(_page(plan, releases)) + "\n"


def _page(plan: Plan, releases: tuple[Release, ...]) -> Iterator[str]:
    tried = " (a dry run: nothing was written)" if plan.dry_run else ""
    yield f"# Solutions of {in_markdown(plan.assignment.title)}{tried}"
    yield ""
    yield f"{plan.now:%Y-%m-%d %H:%M %Z}, {len(releases)} students."
    yield ""
    for outcome in Outcome:
        number = sum(one.outcome is outcome for one in releases)
        if number:
            yield f"* {number} {outcome}"
    yield ""
    yield "| student | repository | | |"
    yield "|---|---|---|---|"
    for one in sorted(releases, key=lambda one: one.outcome is not Outcome.FAILED):
        cells = [in_markdown(cell) for cell in (one.student, one.repository, one.outcome)]
        note = f"<{one.note}>" if _ADDRESS.fullmatch(one.note) else in_markdown(one.note)
        yield f"| {' | '.join([*cells, note])} |"
