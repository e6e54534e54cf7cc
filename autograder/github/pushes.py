"""What was pushed to repositories: when, by whom, and which files the commits hold.

The time of a push is that of GitHub's clock: `GET /repos/{owner}/{repo}/activity` lists pushes
with their time, their author and the commit that each left at a branch (docs.github.com, REST,
"List repository activities"). A commit's dates are its author's to choose, and its `pushedDate` is
no longer served (GraphQL, "Breaking changes").
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from autograder.errors import GitHubError
from autograder.github.client import GitHubClient
from autograder.github.queries import as_expected, login_of, next_page

PUSHES_AT_ONCE = 100
"""Changes of branches in one answer: the most that GitHub gives."""
MOST_PUSHES = 10_000
"""Changes of a repository's branches: one in each minute of a week."""
TREES_AT_ONCE = 50
"""Commits of one repository whose top folders are listed in one query."""
MOST_PAGES_OF_REPOSITORIES = 100
LATEST_PUSHES = 100
"""How many repositories a query for the latest pushes returns: the most that GitHub allows."""
MOST_ADMINS = 100
"""Owners of an organisation that are looked at."""

_TOP_FOLDER = """
fragment TopFolder on Commit { tree { oid entries { name type oid } } }
"""
_ADMINS = f"""
query($owner: String!) {{
  organization(login: $owner) {{
    membersWithRole(first: {MOST_ADMINS}) {{ edges {{ role node {{ login }} }} }}
  }}
}}
"""
_REPOSITORY_NAMES = """
query($owner: String!, $after: String) {
  repositoryOwner(login: $owner) {
    repositories(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { name isTemplate }
    }
  }
}
"""
_RECENT_PUSHES = f"""
query($owner: String!, $order: RepositoryOrder) {{
  repositoryOwner(login: $owner) {{
    repositories(first: {LATEST_PUSHES}, orderBy: $order) {{ nodes {{ name pushedAt }} }}
  }}
}}
"""


@dataclass(frozen=True)
class TreeEntry:
    """A name in a folder of a commit."""

    name: str
    kind: str
    """`blob`, `tree`, or `commit` for a submodule."""
    id: str
    """The object's id: equal content has equal ids."""


@dataclass(frozen=True)
class Tree:
    """The top folder of a commit."""

    id: str
    entries: tuple[TreeEntry, ...]


@dataclass(frozen=True)
class Account:
    """Who did something at GitHub."""

    login: str
    id: str
    """A number, which stays when the account is renamed."""
    is_bot: bool = False


@dataclass(frozen=True)
class BranchPush:
    """A change of a branch."""

    at: datetime
    branch: str
    before: str | None
    """What the branch pointed at before; None where it was new."""
    commit: str | None
    """What the branch pointed at then; None where it was deleted."""
    actor: Account | None
    """Who changed it; None where the account is gone."""


def list_pushes(client: GitHubClient, full_name: str) -> list[BranchPush]:
    """List all changes of all branches, the newest first.

    Raises:
        GitHubError: GitHub does not say, or there are more than `MOST_PUSHES`.
    """
    what = "reading push times"
    path = f"/repos/{full_name}/activity"
    listed: list[Mapping[str, Any]] = []
    for page in client.pages(path, what, per_page=str(PUSHES_AT_ONCE)):
        if len(listed) >= MOST_PUSHES:
            raise GitHubError(f"the repository has more than {MOST_PUSHES:,} pushes ({what})")
        listed += page
    with as_expected(what):
        return [_branch_push(activity) for activity in listed]


def read_trees(
    client: GitHubClient, full_name: str, commits: Iterable[str]
) -> Iterator[tuple[str, Tree | None]]:
    """Read the top folders of commits.

    Yields:
        Each commit with its top folder; None where GitHub does not have the commit any more.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    what = "comparing pushes with the handout"
    owner, _, name = full_name.partition("/")
    remaining = iter(commits)
    while chunk := list(islice(remaining, TREES_AT_ONCE)):
        declared = "".join(f", $o{number}: GitObjectID!" for number in range(len(chunk)))
        asked = "\n".join(
            f"c{number}: object(oid: $o{number}) {{ ...TopFolder }}" for number in range(len(chunk))
        )
        data = client.query(
            f"query($owner: String!, $name: String!{declared})"
            f" {{ repository(owner: $owner, name: $name) {{\n{asked}\n}} }}\n{_TOP_FOLDER}",
            {"owner": owner, "name": name}
            | {f"o{number}": commit for number, commit in enumerate(chunk)},
            what,
        )
        with as_expected(what):
            found = [data["repository"][f"c{number}"] for number in range(len(chunk))]
            trees = [None if answer is None else _tree(answer["tree"]) for answer in found]
        yield from zip(chunk, trees, strict=True)


def list_admins(client: GitHubClient, organization: str) -> frozenset[str]:
    """Return the logins of an organisation's owners in lower case, as far as the token sees them.

    Raises:
        GitHubError: GitHub does not say.
    """
    what = "looking for the organisation's owners"
    data = client.query(_ADMINS, {"owner": organization}, what)
    with as_expected(what):
        members = (data["organization"] or {}).get("membersWithRole") or {"edges": []}
        return frozenset(
            login_of(member["node"]) for member in members["edges"] if member["role"] == "ADMIN"
        )


def list_repositories(client: GitHubClient, owner: str) -> list[str]:
    """Return the names of an owner's repositories, without owner and templates: the first 10,000.

    Raises:
        GitHubError: GitHub does not say.
    """
    what = "looking for renamed repositories"
    names: list[str] = []
    after: str | None = None
    for _ in range(MOST_PAGES_OF_REPOSITORIES):
        data = client.query(_REPOSITORY_NAMES, {"owner": owner, "after": after}, what)
        with as_expected(what):
            page = (data["repositoryOwner"] or {}).get("repositories")
            if page is None:
                break
            names += [str(node["name"]) for node in page["nodes"] if not node["isTemplate"]]
            after = next_page(page)
        if after is None:
            break
    return names


def recent_pushes(client: GitHubClient, owner: str) -> dict[str, datetime | None]:
    """Return when an owner's repositories were last pushed to: those of the latest pushes.

    Returns:
        The time of the last push to any branch, by the repository's name in lower case; None if
        nothing was pushed.

    Raises:
        GitHubError: GitHub does not say.
    """
    what = "looking for pushes"
    order = {"field": "PUSHED_AT", "direction": "DESC"}
    data = client.query(_RECENT_PUSHES, {"owner": owner, "order": order}, what)
    with as_expected(what):
        found = (data["repositoryOwner"] or {}).get("repositories") or {"nodes": []}
        return {
            str(node["name"]).casefold(): datetime.fromisoformat(node["pushedAt"])
            if node["pushedAt"]
            else None
            for node in found["nodes"]
        }


def _branch_push(activity: Mapping[str, Any]) -> BranchPush:
    actor = activity["actor"]
    return BranchPush(
        datetime.fromisoformat(activity["timestamp"]),
        activity["ref"].removeprefix("refs/heads/"),
        _existing(activity["before"]),
        _existing(activity["after"]),
        actor
        and Account(login_of(actor), str(actor["id"]), is_bot=actor.get("type", "User") == "Bot"),
    )


def _existing(commit: str) -> str | None:
    """Return a commit's id; None for the zeros that GitHub writes in its place."""
    return commit if set(commit) != {"0"} else None


def _tree(answer: Mapping[str, Any]) -> Tree:
    return Tree(
        answer["oid"],
        tuple(
            TreeEntry(entry["name"], entry["type"], entry["oid"])
            for entry in answer["entries"] or ()
        ),
    )
