"""Publishes the student repository: its template repository gets what lies in `assignments/ID`."""

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.assignment import Assignment, Course
from autograder.distribution.leaks import Leak, Secrets, find_leaks
from autograder.errors import PublishError
from autograder.github.commits import File, Remote, committed_files, run_git, workshop
from autograder.stubs import check as check_stubs


class LeakError(PublishError):
    """What was to be published holds secrets; none of it was."""

    def __init__(self, leaks: tuple[Leak, ...]) -> None:
        more = f" (and {len(leaks) - 1} more)" if len(leaks) > 1 else ""
        super().__init__(f"nothing is published, since it would leak: {leaks[0]}{more}")
        self.leaks = leaks


@dataclass(frozen=True)
class Publication:
    """What was published, or would be."""

    branch: str
    changed: tuple[str, ...]
    """Files that differ from what stands in the template repository; none: nothing to do."""
    commit: str | None
    """The new commit, where one was pushed."""


def publish(
    course: Course,
    assignment: Assignment,
    remote: Remote,
    secrets: Secrets,
    *,
    dry_run: bool = False,
) -> Publication:
    """Publish an assignment, byte for byte as it is committed here, as one commit.

    The template repository's history stays: the commit is on top of its default branch. Where
    nothing differs, no commit is made.

    Args:
        course: The checkout.
        assignment: What to publish.
        remote: The template repository.
        secrets: What must not be in it.
        dry_run: Whether to do all but the push.

    Raises:
        LeakError: It holds a secret.
        PublishError: It is not committed, or could not be pushed.
        AssignmentError: The stubs are not those of the solutions.
    """
    folder = course.assignments / assignment.id
    stale = check_stubs(course, assignment)
    if stale:
        raise PublishError(f"{stale[0]} is out of date: run `autograder build`")
    files = committed_files(folder)
    refuse_leaks(files, secrets)
    source = run_git(folder, "rev-parse", "--short=12", "HEAD").decode().strip()
    with workshop(remote) as shop:
        head = shop.head()
        if head.commit:
            shop.fetch(head.commit)
        message = f"Publish {assignment.id}\n\nAs of {source} of the course's repository.\n"
        commit = shop.commit(head.commit, files, message, replace_all=True)
        changed = shop.changes(head.commit, commit)
        if changed and not dry_run:
            shop.push(commit, head.branch)
            return Publication(head.branch, changed, commit)
        return Publication(head.branch, changed, None)


def refuse_leaks(files: Mapping[str, File], secrets: Secrets) -> None:
    """Stop where anything to be published holds a secret.

    Raises:
        LeakError: It does.
    """
    leaks = find_leaks({name: one.content for name, one in files.items()}, secrets)
    if leaks:
        raise LeakError(leaks)
