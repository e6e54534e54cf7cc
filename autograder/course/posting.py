"""Publishes a grade at its commit, so that it stands there once, whatever happens on the way.

The order is: look, write the comment, write the statuses that are not there, look again. So

* killed before the comment: nothing stands there, and the next run does all of it;
* killed between: the next run finds our comment by its marker, and writes what is missing;
* the answer to the comment is lost: we look whether it is there before we write it again;
* another run, on another machine, does the same at the same time: both look again *after* they
  wrote, so that one of them at least sees both comments, and who sees two removes all but the
  first. Until then, for about a second, there may be two. (On one machine, a lock keeps a second
  run from it.) Should GitHub show a comment later than it was written, or should the run be killed
  just then, the next one finds the push incomplete and removes the second.

A comment is edited where it should show more than it does; there is never a second one for that.
"""

from contextlib import suppress

from autograder.course.push_feedback import CommitStatus, Publication
from autograder.course.pushes import OurComment, Standing, read_commit
from autograder.errors import GitHubError
from autograder.github.client import GitHubClient, NotThereError, UncertainError

MOST_TRIES = 3


def publish(
    client: GitHubClient, full_name: str, commit: str, wanted: Publication, *, only_head: bool
) -> bool:
    """Bring what stands at a commit up to what is wanted.

    Args:
        client: GitHub.
        full_name: The repository.
        commit: The commit's id.
        wanted: What is to stand there.
        only_head: Whether to do nothing where the default branch has moved on.

    Returns:
        False where it has moved on.

    Raises:
        GitHubError: Something could not be written; doing it again goes on from there.
    """
    head, standing = read_commit(client, full_name, commit)
    if only_head and head != commit:
        return False
    standing = _comment(client, full_name, commit, wanted.comment, standing)
    for status in wanted.statuses:
        if standing.statuses.get(status.context) != status:
            set_status(client, full_name, commit, status)
    _, standing = read_commit(client, full_name, commit)
    for one in _oldest_first(standing)[1:]:
        path = f"/repos/{full_name}/comments/{one.id}"
        with suppress(NotThereError):  # somebody else was faster
            client.write("DELETE", path, "removing a comment", repeatable=True)
    return True


def set_status(client: GitHubClient, full_name: str, commit: str, status: CommitStatus) -> None:
    """Write one status; the same again changes nothing that is shown.

    Raises:
        GitHubError: It could not be written.
    """
    client.write(
        "POST",
        f"/repos/{full_name}/statuses/{commit}",
        "writing a status",
        {
            "context": status.context,
            "state": status.state,
            "description": status.description,
            "target_url": f"{client.server.url}/{full_name}/commit/{commit}#comments",
        },
        repeatable=True,
    )


def _comment(
    client: GitHubClient, full_name: str, commit: str, text: str, standing: Standing
) -> Standing:
    """Write the comment, or edit the one that is there."""
    for number in range(MOST_TRIES):
        if standing.comments:
            first = _oldest_first(standing)[0]
            if _plain(first.body) != _plain(text):
                path = f"/repos/{full_name}/comments/{first.id}"
                client.write("PATCH", path, "editing the comment", {"body": text}, repeatable=True)
            break
        try:
            path = f"/repos/{full_name}/commits/{commit}/comments"
            client.write("POST", path, "writing the comment", {"body": text}, repeatable=False)
            break
        except UncertainError as error:
            if number == MOST_TRIES - 1:
                raise GitHubError(str(error)) from None
            _, standing = read_commit(client, full_name, commit)
    return standing


def _oldest_first(standing: Standing) -> list[OurComment]:
    return sorted(standing.comments, key=lambda one: one.id)


def _plain(text: str) -> str:
    """A text as GitHub may have kept it."""
    return text.replace("\r\n", "\n").strip()
