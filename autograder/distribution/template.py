"""Updates a template repository: it gets the files of `assignments/ID`, as they are committed."""

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.assignment import Assignment, Course
from autograder.distribution.leaks import Leak, Secrets, find_leaks
from autograder.errors import DistributionError
from autograder.github.commits import (
    CommittedFile,
    committed_files,
    committed_version,
    scratch_repository,
)
from autograder.github.git import Remote
from autograder.stubs import check as check_stubs


class LeakError(DistributionError):
    """Files to be handed out hold secrets; nothing was handed out."""

    def __init__(self, leaks: tuple[Leak, ...]) -> None:
        more = f" (and {len(leaks) - 1} more)" if len(leaks) > 1 else ""
        super().__init__(f"nothing is published, since it would leak: {leaks[0]}{more}")
        self.leaks = leaks


@dataclass(frozen=True)
class TemplateUpdate:
    """What was pushed to the template repository, or would be."""

    branch: str
    changed: tuple[str, ...]
    """Files that differ from those of the template repository; empty if it is up to date."""
    commit: str | None
    """The new commit; None if none was pushed."""


def update_template(
    course: Course,
    assignment: Assignment,
    remote: Remote,
    secrets: Secrets,
    *,
    dry_run: bool = False,
) -> TemplateUpdate:
    """Push an assignment's files, exactly as they are committed here, as one commit.

    The history of the template repository stays: the commit is on top of its default branch. If
    no file differs, no commit is made.

    Args:
        course: The checkout.
        assignment: What to hand out.
        remote: The template repository.
        secrets: What must not be in it.
        dry_run: Do everything but the push.

    Raises:
        LeakError: A file holds a secret.
        DistributionError: Files are not committed, or cannot be pushed.
        AssignmentError: The stubs are not those of the solutions.
    """
    files = files_to_hand_out(course, assignment, secrets)
    version = committed_version(course.assignments / assignment.id)
    with scratch_repository(remote) as repository:
        branches = repository.branches()
        if branches.head:
            repository.fetch(branches.head)
        message = f"Publish {assignment.id}\n\nAs of {version} of the course's repository.\n"
        commit = repository.commit(branches.head, files, message, replace_all=True)
        changed = repository.changes(branches.head, commit)
        if changed and not dry_run:
            repository.push(commit, branches.default)
            return TemplateUpdate(branches.default, changed, commit)
        return TemplateUpdate(branches.default, changed, None)


def files_to_hand_out(
    course: Course, assignment: Assignment, secrets: Secrets
) -> dict[str, CommittedFile]:
    """Read an assignment's files, exactly as they are committed, and search them for secrets.

    Raises:
        LeakError: A file holds a secret.
        DistributionError: Files are not committed.
        AssignmentError: The stubs are not those of the solutions.
    """
    stale = check_stubs(course, assignment)
    if stale:
        raise DistributionError(f"{stale[0]} is out of date: run `autograder build`")
    files = committed_files(course.assignments / assignment.id)
    refuse_leaks(files, secrets)
    return files


def refuse_leaks(files: Mapping[str, CommittedFile], secrets: Secrets) -> None:
    """Stop if any file to be handed out holds a secret.

    Raises:
        LeakError: One does.
    """
    leaks = find_leaks({name: file.content for name, file in files.items()}, secrets)
    if leaks:
        raise LeakError(leaks)
