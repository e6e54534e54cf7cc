"""When a student's commits were pushed, and which commit a branch pointed at, at a moment.

The list of pushes to the default branch says so. If a commit is not in it, `pushedAt` of the
repository is used: the time of its last push to any branch, and so never too early.
"""

from datetime import datetime

from autograder.errors import GitHubError
from autograder.github.client import GitHubClient
from autograder.github.queries import MOST_PUSHES, RepositoryState, list_pushes


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
