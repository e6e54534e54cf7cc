"""All comments on the commits of a repository, by whomever: their texts may be hostile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.errors import GitHubError
from autograder.github.client import GitHubClient
from autograder.github.pushes import Account
from autograder.github.queries import as_expected, login_of, next_page

MOST_PAGES = 100
"""Of 100 comments each, in one repository."""

_COMMENTS = """
query($owner: String!, $name: String!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    commitComments(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        databaseId body url viewerDidAuthor
        commit { oid }
        author { __typename login ... on User { databaseId } ... on Bot { databaseId } }
      }
    }
  }
}
"""


@dataclass(frozen=True)
class AuthoredComment:
    """A comment on a commit, with its author."""

    id: int
    body: str
    address: str
    """Where a browser shows it, below the commit's other comments."""
    commit: str | None
    """None if the commit is gone."""
    author: Account | None
    """None if the account is gone."""
    is_ours: bool
    """Whether the token's owner wrote it."""


@dataclass(frozen=True)
class RepositoryComments:
    """The comments on a repository's commits, oldest first."""

    comments: tuple[AuthoredComment, ...]
    viewer: str
    """The login of the token's owner."""


def list_comments(client: GitHubClient, full_name: str) -> RepositoryComments:
    """List the comments on all commits of a repository.

    Raises:
        GitHubError: GitHub does not say, or there are more than 10,000.
    """
    what = "reading comments"
    owner, _, name = full_name.partition("/")
    found: list[AuthoredComment] = []
    after: str | None = None
    for _ in range(MOST_PAGES):
        data = client.query(_COMMENTS, {"owner": owner, "name": name, "after": after}, what)
        with as_expected(what):
            page = data["repository"]["commitComments"]
            found += map(_comment, page["nodes"])
            after = next_page(page)
            viewer = login_of(data["viewer"])
        if after is None:
            return RepositoryComments(tuple(found), viewer)
    raise GitHubError(f"the repository has more than {MOST_PAGES * 100:,} comments ({what})")


def _comment(node: Mapping[str, Any]) -> AuthoredComment:
    author = node["author"]
    return AuthoredComment(
        node["databaseId"],
        node["body"],
        node["url"],
        node["commit"]["oid"] if node["commit"] else None,
        author
        and Account(
            login_of(author),
            str(author.get("databaseId") or ""),
            is_bot=author["__typename"] == "Bot",
        ),
        node["viewerDidAuthor"],
    )
