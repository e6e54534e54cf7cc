"""What stands at GitHub: each student's last push, and what was published of it.

Pushes are found with one question in GraphQL for `AT_ONCE` repositories each. Whether one is graded
is told by what we published ourselves: `viewerDidAuthor` and the creator of a status say whose they
are, so that nothing a student writes there passes for ours.

When a push came is told by GitHub's own clock: `GET /repos/{owner}/{repo}/activity` lists pushes
with their time and the commit that each left at a branch (docs.github.com, REST, "List repository
activities"). A commit's dates are its author's to choose, and its `pushedDate` is no longer served
(GraphQL, "Breaking changes"). Where the list does not say, `pushedAt` of the repository does, which
is the time of its last push to any branch, and so never too early.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from autograder.course.push_feedback import PREFIX, CommitStatus, Marker, marker_of
from autograder.errors import GitHubError
from autograder.feedback.content import Detail
from autograder.github.client import GitHubClient

AT_ONCE = 25
"""Repositories in one question: a longer one may run into GitHub's limit of ten seconds."""
MOST_PAGES = 20
ACTIVITIES = 100
"""Of a branch, in one answer: the most that GitHub gives."""
ATTEMPTS_SEEN = 50

_STANDING = """
fragment Standing on Commit {
  oid
  status { contexts { context state description creator { login } } }
  comments(first: 100) { pageInfo { hasNextPage endCursor } nodes { ...Ours } }
}
fragment Ours on CommitComment { databaseId body viewerDidAuthor }
"""
_REPOSITORY = f"""
fragment Push on Repository {{
  nameWithOwner
  isArchived
  pushedAt
  commitComments(last: {ATTEMPTS_SEEN}) {{ nodes {{ createdAt viewerDidAuthor }} }}
  defaultBranchRef {{ name target {{ ...Standing }} }}
}}
{_STANDING}
"""
_ONE_COMMIT = f"""
query($owner: String!, $name: String!, $oid: GitObjectID!) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    defaultBranchRef {{ target {{ oid }} }}
    object(oid: $oid) {{ ...Standing }}
  }}
}}
{_STANDING}
"""
_MORE_COMMENTS = """
query($owner: String!, $name: String!, $oid: GitObjectID!, $after: String) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) { ... on Commit {
      comments(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { databaseId body viewerDidAuthor }
      }
    } }
  }
}
"""
_READING = "reading push times"
_STATES = {"EXPECTED": "pending"}


@dataclass(frozen=True)
class OurComment:
    """A comment that we wrote on a commit, of that commit's grade."""

    id: int
    body: str
    marker: Marker


@dataclass(frozen=True)
class Standing:
    """What we published at one commit."""

    statuses: Mapping[str, CommitStatus]
    """By context; those of others are left out, and so is ours where another's is newer."""
    comments: tuple[OurComment, ...]
    """Oldest first; more than one only where something went wrong."""
    more: str | None = None
    """Where to read on, if there are more comments."""

    def is_complete(
        self, checkpoints: Iterable[str], detail: Detail, *, may_withhold: bool
    ) -> bool:
        """Whether all of a grade stands there, and shows as much as it should."""
        contexts = [f"{PREFIX}{one}" for one in checkpoints]
        return (
            len(self.comments) == 1
            and self.comments[0].marker.shows(detail, may_withhold=may_withhold)
            and all(
                one in self.statuses and self.statuses[one].state != "pending" for one in contexts
            )
        )


@dataclass(frozen=True)
class Repository:
    """A student's, as GitHub shows it."""

    full_name: str
    archived: bool
    branch: str | None
    """The default one; None while nothing was pushed."""
    head: str | None
    """Its commit."""
    pushed_at: datetime | None
    graded_at: tuple[datetime, ...]
    """When the last comments of ours were written."""
    standing: Standing | None
    """At the head."""


def find_repositories(
    client: GitHubClient, owner: str, names: Iterable[str]
) -> Iterator[tuple[str, Repository | None]]:
    """Ask for many repositories.

    Args:
        client: Whom to ask.
        owner: Whose they are.
        names: Their names.

    Yields:
        Each name with what is there; None where there is nothing, or it may not be seen.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    rest = iter(names)
    while chunk := list(islice(rest, AT_ONCE)):
        declared = "".join(f", $n{number}: String!" for number in range(len(chunk)))
        asked = "\n".join(
            f"r{number}: repository(owner: $owner, name: $n{number}) {{ ...Push }}"
            for number in range(len(chunk))
        )
        data = client.query(
            f"query($owner: String!{declared}) {{ viewer {{ login }}\n{asked} }}\n{_REPOSITORY}",
            {"owner": owner} | {f"n{number}": name for number, name in enumerate(chunk)},
            "looking for pushes",
        )
        with _understood("looking for pushes"):
            viewer = _viewer(data)
            found = [
                None if (one := data.get(f"r{number}")) is None else _repository(one, viewer)
                for number in range(len(chunk))
            ]
        yield from zip(chunk, found, strict=True)


def read_commit(client: GitHubClient, full_name: str, commit: str) -> tuple[str | None, Standing]:
    """Read what stands at a commit just now.

    Returns:
        The head of the default branch, and what we published at the commit.

    Raises:
        GitHubError: It could not be read, or there is no such commit.
    """
    owner, _, name = full_name.partition("/")
    where = {"owner": owner, "name": name, "oid": commit}
    what = "reading what is published"
    data = client.query(_ONE_COMMIT, where, what)
    with _understood(what):
        found = data["repository"]
        if found is None or not found["object"]:
            raise GitHubError(f"there is no such commit ({what})")
        standing = _standing(found["object"], _viewer(data))
        branch = found["defaultBranchRef"]
        head = branch["target"]["oid"] if branch else None
    comments = [*standing.comments]
    after = standing.more
    for _ in range(MOST_PAGES):
        if after is None:
            break
        data = client.query(_MORE_COMMENTS, where | {"after": after}, what)
        with _understood(what):
            page = data["repository"]["object"]["comments"]
            comments += _ours(page["nodes"], commit)
            after = _after(page)
    return head, Standing(standing.statuses, tuple(comments))


def pushed_at(client: GitHubClient, repository: Repository, commit: str) -> datetime:
    """Tell when GitHub received a commit at the default branch.

    Where it came there more than once, the first time counts: it was handed in then.

    Raises:
        GitHubError: GitHub does not tell.
    """
    times = [when for when, pushed in _pushes(client, repository) if pushed == commit]
    if times:
        return min(times)
    if repository.pushed_at is None:
        raise GitHubError(f"GitHub does not say when it was pushed ({_READING})")
    return repository.pushed_at


def head_at(
    client: GitHubClient, repository: Repository, moment: datetime
) -> tuple[str, datetime] | None:
    """Tell which commit stood at the default branch at a moment, and when it came.

    Returns:
        None where there was none.

    Raises:
        GitHubError: GitHub does not tell.
    """
    pushes = _pushes(client, repository)
    before = [(when, commit) for when, commit in pushes if when <= moment]
    if before:
        when, commit = max(before, key=lambda one: one[0])
        return None if set(commit) == {"0"} else (commit, when)
    if len(pushes) == ACTIVITIES:
        raise GitHubError(f"more than {ACTIVITIES} pushes came since then ({_READING})")
    if not pushes and repository.head and repository.pushed_at and repository.pushed_at <= moment:
        return repository.head, repository.pushed_at
    return None


def _pushes(client: GitHubClient, repository: Repository) -> list[tuple[datetime, str]]:
    """List when the default branch was changed, and to which commit; the newest first.

    Raises:
        GitHubError: GitHub does not tell.
    """
    listed = client.get(
        f"/repos/{repository.full_name}/activity",
        _READING,
        ref=repository.branch or "",
        per_page=str(ACTIVITIES),
    )
    with _understood(_READING):
        return [(datetime.fromisoformat(one["timestamp"]), one["after"]) for one in listed]


def _repository(data: Mapping[str, Any], viewer: str) -> Repository:
    branch = data["defaultBranchRef"]
    target = branch["target"] if branch else None
    pushed = data["pushedAt"]
    return Repository(
        full_name=data["nameWithOwner"],
        archived=data["isArchived"],
        branch=branch["name"] if branch else None,
        head=target["oid"] if target else None,
        pushed_at=datetime.fromisoformat(pushed) if pushed else None,
        graded_at=tuple(
            datetime.fromisoformat(one["createdAt"])
            for one in data["commitComments"]["nodes"]
            if one["viewerDidAuthor"]
        ),
        standing=_standing(target, viewer) if target else None,
    )


def _standing(commit: Mapping[str, Any], viewer: str) -> Standing:
    contexts = (commit["status"] or {}).get("contexts") or []
    return Standing(
        {
            one["context"]: CommitStatus(
                one["context"],
                _STATES.get(one["state"], str(one["state"]).lower()),
                one["description"] or "",
            )
            for one in contexts
            if one["context"].startswith(PREFIX) and _login(one["creator"]) == viewer
        },
        tuple(_ours(commit["comments"]["nodes"], commit["oid"])),
        _after(commit["comments"]),
    )


def _ours(nodes: Sequence[Mapping[str, Any]], commit: str) -> Iterator[OurComment]:
    for one in nodes:
        marker = marker_of(one["body"]) if one["viewerDidAuthor"] else None
        if marker is not None and marker.commit == commit:
            yield OurComment(one["databaseId"], one["body"], marker)


def _after(connection: Mapping[str, Any]) -> str | None:
    page = connection["pageInfo"]
    return page["endCursor"] if page["hasNextPage"] else None


def _viewer(data: Mapping[str, Any]) -> str:
    return _login(data["viewer"])


def _login(actor: Mapping[str, Any] | None) -> str:
    """An app goes by `name[bot]` in one place, and by `name` in another."""
    return str(actor["login"]).removesuffix("[bot]").casefold() if actor else ""


@contextmanager
def _understood(what: str) -> Iterator[None]:
    """Turn an answer of another form than expected into one line."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError):
        raise GitHubError(f"GitHub's answer is not understood ({what})") from None
