"""The stand-in's repositories as objects of GitHub's GraphQL schema."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograder.tests.github_stand_in.graphql import QueryError
from autograder.tests.github_stand_in.repositories import Repository
from autograder.tests.github_stand_in.rest import NOT_ACCESSIBLE

if TYPE_CHECKING:
    from autograder.tests.github_stand_in.state import GitHubState, Token

MOST = 100
"""Nodes in one page of a connection."""


def query_root(github: "GitHubState", token: "Token") -> dict[str, Any]:
    """Return a query's top-level fields, as the token's owner sees them."""

    def repository(given: Mapping[str, Any]) -> Any:
        name = f"{given['owner']}/{given['name']}"
        found = github.find(name)
        if found is None or not token.may(found, "contents", "read"):
            raise QueryError(
                f"Could not resolve to a Repository with the name '{name}'.", "NOT_FOUND"
            )
        return repository_of(found, token)

    def organization(given: Mapping[str, Any]) -> Any:
        if token.rights.get(f"{given['login']}/*") != "write":
            raise QueryError(NOT_ACCESSIBLE, "FORBIDDEN")
        admins = [
            {
                "__typename": "OrganizationMemberEdge",
                "role": "ADMIN",
                "node": {"__typename": "User", "login": login},
            }
            for login in sorted(github.admins.get(given["login"], ()))
        ]
        members = {"__typename": "OrganizationMemberConnection", "edges": admins}
        return {"__typename": "Organization", "membersWithRole": lambda _: members}

    def owner(given: Mapping[str, Any]) -> Any:
        names = [
            {
                "__typename": "Repository",
                "name": found.full_name.partition("/")[2],
                "isTemplate": found.is_template,
                "pushedAt": found.pushed_at,
            }
            for found in github.repositories(given["login"])
            if token.may(found, "metadata", "read")
        ]

        def in_order(asked: Mapping[str, Any]) -> Any:
            order = asked.get("orderBy")
            if order is None:
                return _connection(names, asked)
            if order != {"field": "PUSHED_AT", "direction": "DESC"}:
                raise QueryError(f"this order is not supported: {order}")
            latest = sorted(names, key=lambda node: str(node["pushedAt"] or ""), reverse=True)
            return _connection(latest, asked)

        return {"__typename": "Organization", "repositories": in_order}

    return {
        "__typename": "Query",
        "viewer": {"__typename": "User", "login": token.login},
        "repository": repository,
        "repositoryOwner": owner,
        "organization": organization,
    }


def repository_of(repository: Repository, token: "Token") -> dict[str, Any]:
    """Return a repository as a `Repository`."""
    head = repository.head
    branch = {
        "__typename": "Ref",
        "name": repository.default_branch,
        "target": lambda _: commit_of(repository, head, token) if head else None,
    }

    def by_id(given: Mapping[str, Any]) -> Any:
        sha = str(given["oid"])
        return commit_of(repository, sha, token) if repository.has(sha) else None

    def refs(given: Mapping[str, Any]) -> Any:
        prefix = str(given["refPrefix"])
        tips = [
            {
                "__typename": "Ref",
                "name": ref.removeprefix(prefix),
                "target": commit_of(repository, sha, token),
            }
            for ref, sha in sorted(repository.heads().items())
            if ref.startswith(prefix)
        ]
        return _connection(tips, given)

    return {
        "__typename": "Repository",
        "nameWithOwner": repository.full_name,
        "name": repository.full_name.partition("/")[2],
        "createdAt": repository.created_at,
        "pushedAt": repository.pushed_at,
        "templateRepository": repository.more.get("template"),
        "isArchived": bool(repository.more.get("archived")),
        "isPrivate": repository.private,
        "defaultBranchRef": branch if head else None,
        "object": by_id,
        "refs": refs,
        "commitComments": lambda given: _connection(
            [_comment(comment, token) for comment in repository.comments], given
        ),
    }


def commit_of(repository: Repository, sha: str, token: "Token") -> dict[str, Any]:
    """Return a commit as a `Commit`, with its statuses and comments."""
    newest = {
        str(made["context"]): {
            "__typename": "StatusContext",
            "context": made["context"],
            "state": str(made["state"]).upper(),
            "description": made["description"],
            "createdAt": made["created_at"],
            "creator": {"__typename": "User", "login": made["creator"]["login"]},
        }
        for made in repository.statuses
        if made["sha"] == sha
    }
    comments = [
        _comment(comment, token) for comment in repository.comments if comment["commit_id"] == sha
    ]

    def status(_: Mapping[str, Any]) -> Any:
        if not token.may(repository, "statuses", "read"):
            raise QueryError(NOT_ACCESSIBLE, "FORBIDDEN")
        return {"__typename": "Status", "contexts": list(newest.values())} if newest else None

    def tree(_: Mapping[str, Any]) -> Any:
        oid, entries = repository.tree(sha)
        return {"__typename": "Tree", "oid": oid, "entries": entries}

    return {
        "__typename": "Commit",
        "oid": sha,
        "status": status,
        "tree": tree,
        "comments": lambda given: _connection(comments, given),
    }


def _comment(comment: Mapping[str, Any], token: "Token") -> dict[str, Any]:
    user = comment["user"]
    return {
        "__typename": "CommitComment",
        "databaseId": comment["id"],
        "body": comment["body"],
        "createdAt": comment["created_at"],
        "url": f"https://github.invalid/commit/{comment['commit_id']}#commitcomment-{comment['id']}",
        "viewerDidAuthor": user["login"] == token.login,
        "commit": {"__typename": "Commit", "oid": comment["commit_id"]},
        "author": {
            "__typename": user.get("type", "User"),
            "login": user["login"].removesuffix("[bot]"),
            "databaseId": user.get("id"),
        },
    }


def _connection(nodes: list[dict[str, Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of nodes. A cursor is the number of nodes before it."""
    count = given.get("first") or given.get("last")
    if not isinstance(count, int) or not 0 < count <= MOST:
        raise QueryError(
            "a connection needs `first` or `last`, 100 at most", "EXCESSIVE_PAGINATION"
        )
    start = max(0, len(nodes) - count) if given.get("last") else int(given.get("after") or 0)
    end = min(start + count, len(nodes))
    return {
        "totalCount": len(nodes),
        "nodes": nodes[start:end],
        "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": str(end) if nodes else None},
    }
