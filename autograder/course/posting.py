"""Posts a grade at its commit, so that it is there exactly once, whatever happens on the way.

The order is: look, write the comment, write the statuses that are not there, look again. So

* killed before the comment: nothing is there, and the next run does all of it;
* killed between: the next run finds our comment by its marker, and writes what is missing;
* the answer to the comment is lost: we look whether it is there before we write it again;
* another run, on another machine, does the same at the same time: both look again *after* they
  wrote, so that at least one of them sees both comments, and a run that sees two removes all but
  the first. Until then, for about a second, there may be two. (On one machine, a lock keeps a
  second run from it.) Should GitHub show a comment later than it was written, or should the run be
  killed just then, the next one finds the push incomplete and removes the second.

A comment is edited if it should show more than it does; there is never a second one for that.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from autograder.course.push_feedback import (
    STATUS_PREFIX,
    Marker,
    PushFeedback,
    is_hint,
    marker_of,
)
from autograder.errors import GitHubError
from autograder.feedback.content import Detail
from autograder.github.client import GitHubClient, NotThereError, UncertainError
from autograder.github.queries import CommitFeedback, CommitStatus, StatusState, read_commit

MOST_TRIES = 3
"""Of writing the comment, while GitHub's answers to it are lost."""


@dataclass(frozen=True)
class PostedComment:
    """A comment that we wrote on a commit, of that commit's grade."""

    id: int
    body: str
    marker: Marker


@dataclass(frozen=True)
class PostedFeedback:
    """What we have posted at one commit."""

    statuses: Mapping[str, CommitStatus]
    """By context."""
    comments: tuple[PostedComment, ...]
    """Oldest first; more than one only if something went wrong."""

    @classmethod
    def at(cls, commit: CommitFeedback) -> "PostedFeedback":
        """Pick out the grade from all that we wrote on a commit."""
        comments = [
            PostedComment(comment.id, comment.body, marker)
            for comment in sorted(commit.comments, key=lambda comment: comment.id)
            if (marker := marker_of(comment.body)) is not None and marker.commit == commit.commit
        ]
        statuses = {
            status.context: status
            for status in commit.statuses
            if status.context.startswith(STATUS_PREFIX)
        }
        return cls(statuses, tuple(comments))

    def is_complete(
        self, checkpoints: Iterable[str], detail: Detail, terms: str, *, may_withhold: bool
    ) -> bool:
        """Whether all of a grade is posted under these terms, and shows as much as it should."""
        statuses = [self.statuses.get(f"{STATUS_PREFIX}{checkpoint}") for checkpoint in checkpoints]
        return (
            len(self.comments) == 1
            and self.comments[0].marker.shows(detail, may_withhold=may_withhold)
            and self.comments[0].marker.terms == terms
            and all(
                status is not None and status.state is not StatusState.PENDING
                for status in statuses
            )
        )


def read_posted(
    client: GitHubClient, full_name: str, commit: str
) -> tuple[str | None, PostedFeedback]:
    """Read what is posted at a commit now.

    Returns:
        The head of the default branch, and what we posted at the commit.

    Raises:
        GitHubError: It cannot be read, or there is no such commit.
    """
    head, found = read_commit(client, full_name, commit)
    return head, PostedFeedback.at(found)


def post_feedback(
    client: GitHubClient, full_name: str, commit: str, feedback: PushFeedback, head: str | None
) -> bool:
    """Write the comment and the statuses of a grade, as far as they are not there yet.

    Args:
        client: GitHub.
        full_name: The repository.
        commit: The commit's id.
        feedback: What must be there in the end.
        head: Do nothing if the default branch has moved on from here; None to write anyway.

    Returns:
        False if it has moved on.

    Raises:
        GitHubError: Something could not be written; doing it again continues from there.
    """
    found, posted = read_posted(client, full_name, commit)
    if head is not None and found != head:
        return False
    posted = _write_comment(client, full_name, commit, feedback.comment, posted)
    for status in feedback.statuses:
        if posted.statuses.get(status.context) != status:
            set_status(client, full_name, commit, status)
    _, posted = read_posted(client, full_name, commit)
    for comment in posted.comments[1:]:
        path = f"/repos/{full_name}/comments/{comment.id}"
        with suppress(NotThereError):  # another run has removed it
            client.write("DELETE", path, "removing a comment", repeatable=True)
    return True


def post_hint(client: GitHubClient, full_name: str, commit: str, text: str) -> None:
    """Write the hint that a commit is not graded, unless it is there.

    Raises:
        GitHubError: It could not be written; doing it again continues from there.
    """
    for number in range(MOST_TRIES):
        _, found = read_commit(client, full_name, commit)
        if any(is_hint(comment, commit) for comment in found.comments):
            return
        try:
            path = f"/repos/{full_name}/commits/{commit}/comments"
            client.write("POST", path, "writing a hint", {"body": text}, repeatable=False)
        except UncertainError as error:
            if number == MOST_TRIES - 1:
                raise GitHubError(str(error)) from None
        else:
            return


def set_status(client: GitHubClient, full_name: str, commit: str, status: CommitStatus) -> None:
    """Write one status; writing the same again changes nothing that is shown.

    Raises:
        GitHubError: It could not be written.
    """
    client.write(
        "POST",
        f"/repos/{full_name}/statuses/{commit}",
        "writing a status",
        {
            "context": status.context,
            "state": status.state.value,
            "description": status.description,
            "target_url": f"{client.server.url}/{full_name}/commit/{commit}#comments",
        },
        repeatable=True,
    )


def _write_comment(
    client: GitHubClient, full_name: str, commit: str, text: str, posted: PostedFeedback
) -> PostedFeedback:
    """Write the comment, or edit the one that is there."""
    for number in range(MOST_TRIES):
        if posted.comments:
            first = posted.comments[0]
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
            _, posted = read_posted(client, full_name, commit)
    return posted


def _plain(text: str) -> str:
    """Return a text without what GitHub may change of it: line ends, blanks around it."""
    return text.replace("\r\n", "\n").strip()
