"""What GitHub says of repositories, commits and pull requests, as typed data.

Many repositories are looked up with one GraphQL query. Only comments and statuses that the token's
owner wrote are returned (`viewerDidAuthor`, and the creator of a status), so that nothing a student
writes passes for ours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from autograder.errors import GitHubError
from autograder.github.client import GitHubClient, UncertainError

REPOSITORIES_AT_ONCE = 25
"""Repositories in one query: a longer one may run into GitHub's limit of ten seconds."""
MOST_PAGES = 20
"""Of comments on one commit; with 100 on each, more are somebody's mischief."""
MOST_BRANCHES = 20
"""Branches of a repository besides the default one that are looked at."""
RECENT_COMMENTS = 50
"""How many of a repository's last comments are looked at."""

_COMMIT = """
fragment CommitFeedback on Commit {
  oid
  status { contexts { context state description creator { login } } }
  comments(first: 100) { pageInfo { hasNextPage endCursor } nodes { ...Comment } }
}
fragment Comment on CommitComment { databaseId body viewerDidAuthor }
"""
_REPOSITORY = f"""
fragment Push on Repository {{
  nameWithOwner
  isArchived
  createdAt
  pushedAt
  templateRepository {{ nameWithOwner }}
  commitComments(last: {RECENT_COMMENTS}) {{ nodes {{ createdAt viewerDidAuthor }} }}
  defaultBranchRef {{ name target {{ ...CommitFeedback ...CommitTree }} }}
  refs(refPrefix: "refs/heads/", first: {MOST_BRANCHES + 1}) {{
    nodes {{ name target {{ ...BranchTip ...CommitTree }} }}
  }}
}}
fragment CommitTree on Commit {{ tree {{ oid }} }}
fragment BranchTip on Commit {{
  oid
  comments(first: 20) {{ nodes {{ ...Comment }} }}
}}
{_COMMIT}
"""
_ONE_COMMIT = f"""
query($owner: String!, $name: String!, $oid: GitObjectID!) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    defaultBranchRef {{ target {{ oid }} }}
    object(oid: $oid) {{ ...CommitFeedback }}
  }}
}}
{_COMMIT}
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


class StatusState(StrEnum):
    """How a commit's status stands."""

    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    PENDING = "pending"


@dataclass(frozen=True)
class CommitStatus:
    """One status of a commit."""

    context: str
    state: StatusState
    description: str


@dataclass(frozen=True)
class CommitComment:
    """One comment on a commit."""

    id: int
    body: str


@dataclass(frozen=True)
class CommitFeedback:
    """The statuses and comments that the token's owner wrote on a commit."""

    commit: str
    statuses: tuple[CommitStatus, ...]
    """One of each context, unless its newest status is somebody else's."""
    comments: tuple[CommitComment, ...]
    next_page: str | None = None
    """Where to read on, if there are more comments."""


@dataclass(frozen=True)
class BranchTip:
    """What a branch points at."""

    branch: str
    commit: str
    tree: str
    """The id of its top folder."""
    comments: tuple[CommitComment, ...]
    """The first that the token's owner wrote."""


@dataclass(frozen=True)
class RepositoryState:
    """A repository, the head of its default branch, and its other branches."""

    full_name: str
    is_archived: bool
    branch: str | None
    """Name of the default branch; None while nothing was pushed."""
    head: CommitFeedback | None
    """Its last commit."""
    head_tree: str | None
    """The id of that commit's top folder."""
    other_branches: tuple[BranchTip, ...]
    """The first `MOST_BRANCHES` of them."""
    created_at: datetime
    is_generated: bool
    """Whether it was made from a template: its first commit is the template's content."""
    pushed_at: datetime | None
    """When anything was pushed last, to any branch."""
    commented_at: tuple[datetime, ...]
    """When the token's owner wrote comments on its commits, the last of them."""
    viewer: str
    """The login of the token's owner."""


@dataclass(frozen=True)
class PullRequest:
    """A pull request of a branch."""

    address: str
    is_open: bool
    commit: str
    """The last commit of its branch; where it is closed, the last one then."""


def find_repositories(
    client: GitHubClient, owner: str, names: Iterable[str]
) -> Iterator[tuple[str, RepositoryState | None]]:
    """Look up many repositories.

    Yields:
        Each name with its repository; None where there is none, or the token may not see it.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    what = "looking for pushes"
    remaining = iter(names)
    while chunk := list(islice(remaining, REPOSITORIES_AT_ONCE)):
        declared = "".join(f", $n{number}: String!" for number in range(len(chunk)))
        asked = "\n".join(
            f"r{number}: repository(owner: $owner, name: $n{number}) {{ ...Push }}"
            for number in range(len(chunk))
        )
        data = client.query(
            f"query($owner: String!{declared}) {{ viewer {{ login }}\n{asked} }}\n{_REPOSITORY}",
            {"owner": owner} | {f"n{number}": name for number, name in enumerate(chunk)},
            what,
        )
        with as_expected(what):
            viewer = login_of(data["viewer"])
            found = [data.get(f"r{number}") for number in range(len(chunk))]
            repositories = [
                None if answer is None else _repository(answer, viewer) for answer in found
            ]
        yield from zip(chunk, repositories, strict=True)


def read_commit(
    client: GitHubClient, full_name: str, commit: str
) -> tuple[str | None, CommitFeedback]:
    """Read what the token's owner wrote on a commit, as it is now.

    Returns:
        The head of the default branch, and the commit.

    Raises:
        GitHubError: It cannot be read, or there is no such commit.
    """
    owner, _, name = full_name.partition("/")
    variables = {"owner": owner, "name": name, "oid": commit}
    what = "reading what is published"
    data = client.query(_ONE_COMMIT, variables, what)
    with as_expected(what):
        repository = data["repository"]
        if repository is None or not repository["object"]:
            raise GitHubError(f"there is no such commit ({what})")
        found = _commit(repository["object"], login_of(data["viewer"]))
        branch = repository["defaultBranchRef"]
        head = branch["target"]["oid"] if branch else None
    for _ in range(MOST_PAGES):
        if found.next_page is None:
            break
        data = client.query(_MORE_COMMENTS, variables | {"after": found.next_page}, what)
        with as_expected(what):
            page = data["repository"]["object"]["comments"]
            comments = (*found.comments, *_our_comments(page["nodes"]))
            found = replace(found, comments=comments, next_page=next_page(page))
    return head, found


def find_pull_request(client: GitHubClient, full_name: str, branch: str) -> PullRequest | None:
    """Return the newest pull request of a branch, open or closed; None if there is none.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    what = "looking for a pull request"
    owner = full_name.partition("/")[0]
    found = client.get(
        f"/repos/{full_name}/pulls", what, head=f"{owner}:{branch}", state="all", per_page="1"
    )
    with as_expected(what):
        return _pull_request(found[0]) if found else None


def open_pull_request(
    client: GitHubClient, full_name: str, *, branch: str, base: str, title: str, body: str
) -> PullRequest:
    """Open a pull request for a branch, which must not have an open one yet.

    Raises:
        GitHubError: It could not be opened.
    """
    what = "opening a pull request"
    request = {"title": title, "head": branch, "base": base, "body": body}
    try:
        made = client.write("POST", f"/repos/{full_name}/pulls", what, request, repeatable=False)
    except UncertainError:
        found = find_pull_request(client, full_name, branch)
        if found is None or not found.is_open:
            raise
        return found
    with as_expected(what):
        return _pull_request(made)


def _pull_request(answer: Mapping[str, Any]) -> PullRequest:
    return PullRequest(answer["html_url"], answer["state"] == "open", answer["head"]["sha"])


def _repository(answer: Mapping[str, Any], viewer: str) -> RepositoryState:
    branch = answer["defaultBranchRef"]
    target = branch["target"] if branch else None
    pushed = answer["pushedAt"]
    tips = [ref for ref in answer["refs"]["nodes"] if not branch or ref["name"] != branch["name"]]
    return RepositoryState(
        full_name=answer["nameWithOwner"],
        is_archived=answer["isArchived"],
        branch=branch["name"] if branch else None,
        head=_commit(target, viewer) if target else None,
        head_tree=target["tree"]["oid"] if target else None,
        other_branches=tuple(
            BranchTip(
                tip["name"],
                tip["target"]["oid"],
                tip["target"]["tree"]["oid"],
                tuple(_our_comments(tip["target"]["comments"]["nodes"])),
            )
            for tip in tips
        ),
        created_at=datetime.fromisoformat(answer["createdAt"]),
        is_generated=answer["templateRepository"] is not None,
        pushed_at=datetime.fromisoformat(pushed) if pushed else None,
        commented_at=tuple(
            datetime.fromisoformat(comment["createdAt"])
            for comment in answer["commitComments"]["nodes"]
            if comment["viewerDidAuthor"]
        ),
        viewer=viewer,
    )


def _commit(answer: Mapping[str, Any], viewer: str) -> CommitFeedback:
    contexts = (answer["status"] or {}).get("contexts") or []
    return CommitFeedback(
        answer["oid"],
        tuple(
            CommitStatus(
                status["context"], _status_state(status["state"]), status["description"] or ""
            )
            for status in contexts
            if login_of(status["creator"]) == viewer
        ),
        tuple(_our_comments(answer["comments"]["nodes"])),
        next_page(answer["comments"]),
    )


def _status_state(name: str) -> StatusState:
    """Read a state; `EXPECTED`, which GraphQL alone knows, is one that has not come yet."""
    return StatusState.PENDING if name == "EXPECTED" else StatusState(name.lower())


def _our_comments(nodes: Sequence[Mapping[str, Any]]) -> Iterator[CommitComment]:
    for node in nodes:
        if node["viewerDidAuthor"]:
            yield CommitComment(node["databaseId"], node["body"])


def next_page(connection: Mapping[str, Any]) -> str | None:
    """Return where to read on in a connection; None at its end."""
    page = connection["pageInfo"]
    return page["endCursor"] if page["hasNextPage"] else None


def login_of(actor: Mapping[str, Any] | None) -> str:
    """Return a login in lower case; an app is `name[bot]` in REST, and `name` in GraphQL."""
    return str(actor["login"]).removesuffix("[bot]").casefold() if actor else ""


@contextmanager
def as_expected(what: str) -> Iterator[None]:
    """Turn an answer of another form than expected into one line."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError):
        raise GitHubError(f"GitHub's answer is not understood ({what})") from None
