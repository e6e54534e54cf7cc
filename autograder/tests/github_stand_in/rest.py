"""The stand-in's REST API: a function for each route, found by method and path.

The permission that a route needs is documented at docs.github.com, REST, "Permissions required for
fine-grained personal access tokens". If it is missing, the response names it in the header
`X-Accepted-GitHub-Permissions`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.tests.github_stand_in.repositories import Repository

if TYPE_CHECKING:
    from autograder.tests.github_stand_in.state import GitHubState, Token

LONGEST_DESCRIPTION, LONGEST_COMMENT = 140, 65_536
NOT_ACCESSIBLE = "Resource not accessible by personal access token"
STATES = ("error", "failure", "pending", "success")


class AnswerError(Exception):
    """The response is an error."""

    def __init__(self, status: int, message: str, *, needs: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.needs = needs
        """The missing permission, such as `contents=write`."""


@dataclass(frozen=True)
class RestCall:
    """A request to a route."""

    github: "GitHubState"
    token: "Token"
    parts: dict[str, str]
    """The values of the path's `{names}`."""
    query: dict[str, str]
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of the response, which a route may add."""

    def repository(self, permission: str, level: str) -> Repository:
        """Return the path's repository if the token has this permission.

        Raises:
            AnswerError: 404 if the token may not see the repository, 403 if only this permission
                is missing. GitHub does the same.
        """
        found = self.github.find(f"{self.parts['owner']}/{self.parts['repo']}")
        if found is None or not self.token.may(found, "metadata", "read"):
            raise AnswerError(404, "Not Found")
        if not self.token.may(found, permission, level):
            raise AnswerError(403, NOT_ACCESSIBLE, needs=f"{permission}={level}")
        return found

    def commit(self, repository: Repository) -> str:
        """Return the path's commit, which must exist."""
        if not repository.has(self.parts["sha"]):
            raise AnswerError(422, f"No commit found for SHA: {self.parts['sha']}")
        return self.parts["sha"]


Route = Callable[[RestCall], tuple[int, Any]]
_ROUTES: list[tuple[str, re.Pattern[str], Route]] = []


def route(method: str, path: str) -> Callable[[Route], Route]:
    """Register the decorated function for a path, such as `/repos/{owner}/{repo}`."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def register(function: Route) -> Route:
        _ROUTES.append((method, pattern, function))
        return function

    return register


def answer(
    github: "GitHubState", token: "Token", method: str, path: str, query: dict[str, str], body: Any
) -> tuple[int, dict[str, str], Any]:
    """Answer a request. Returns a status, headers, and the content to send as JSON."""
    for wanted, pattern, function in _ROUTES:
        match = pattern.fullmatch(path)
        if match and wanted == method:
            call = RestCall(github, token, match.groupdict(), query, body)
            try:
                status, content = function(call)
            except AnswerError as error:
                needs = {"X-Accepted-GitHub-Permissions": error.needs} if error.needs else {}
                return error.status, needs, {"message": str(error)}
            return status, call.headers, content
    return 404, {}, {"message": "Not Found"}


@route("GET", "/repos/{owner}/{repo}")
def _repository(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("metadata", "read")
    return 200, {
        "full_name": repository.full_name,
        "private": repository.private,
        "default_branch": repository.default_branch,
        "pushed_at": repository.pushed_at,
        "is_template": repository.is_template,
    }


@route("GET", "/repos/{owner}/{repo}/activity")
def _activity(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("contents", "read")
    wanted = call.query.get("ref")
    listed = [
        activity
        for activity in reversed(repository.activities)
        if wanted in (None, activity["ref"], str(activity["ref"]).removeprefix("refs/heads/"))
    ]
    count, start = int(call.query.get("per_page", "30")), int(call.query.get("after", "0"))
    end = start + count
    if end < len(listed):
        # GitHub names the repository by its number here, and its cursors are opaque.
        call.headers["Link"] = (
            f"<https://github.invalid/repositories/1/activity?per_page={count}&after={end}>;"
            ' rel="next"'
        )
    return 200, listed[start:end]


@route("POST", "/repos/{owner}/{repo}/statuses/{sha}")
def _set_status(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("statuses", "write")
    sha = call.commit(repository)
    body = call.body
    if body.get("state") not in STATES:
        raise AnswerError(422, "Validation Failed: state")
    if len(body.get("description") or "") > LONGEST_DESCRIPTION:
        raise AnswerError(422, "Validation Failed: description is too long (maximum is 140)")
    made = {
        "id": call.github.new_id(),
        "sha": sha,
        "context": body.get("context", "default"),
        "state": body["state"],
        "description": body.get("description"),
        "target_url": body.get("target_url"),
        "created_at": call.github.timestamp(),
        "creator": {"login": call.token.login},
    }
    repository.statuses.append(made)
    return 201, made


@route("GET", "/repos/{owner}/{repo}/commits/{sha}/status")
def _combined_status(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("statuses", "read")
    sha = call.parts["sha"]
    newest = {status["context"]: status for status in repository.statuses if status["sha"] == sha}
    return 200, {"sha": sha, "statuses": list(newest.values())}


@route("GET", "/repos/{owner}/{repo}/commits/{sha}/comments")
def _comments(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("contents", "read")
    return 200, [
        comment for comment in repository.comments if comment["commit_id"] == call.parts["sha"]
    ]


@route("POST", "/repos/{owner}/{repo}/commits/{sha}/comments")
def _comment(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("contents", "read")  # only editing and deleting need `write`
    made = {
        "id": call.github.new_id(),
        "commit_id": call.commit(repository),
        "body": _text(call.body),
        "created_at": call.github.timestamp(),
        "user": call.github.account(call.token.login),
    }
    repository.comments.append(made)
    return 201, made


@route("PATCH", "/repos/{owner}/{repo}/comments/{id}")
def _edit_comment(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("contents", "write")
    made = _comment_by_id(repository, call)
    made["body"] = _text(call.body)
    return 200, made


@route("DELETE", "/repos/{owner}/{repo}/comments/{id}")
def _delete_comment(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("contents", "write")
    repository.comments.remove(_comment_by_id(repository, call))
    return 204, None


def _comment_by_id(repository: Repository, call: RestCall) -> dict[str, Any]:
    for comment in repository.comments:
        if str(comment["id"]) == call.parts["id"]:
            return comment
    raise AnswerError(404, "Not Found")


def _text(body: Any) -> str:
    text = str(body.get("body") or "")
    if not text or len(text) > LONGEST_COMMENT:
        raise AnswerError(422, "Validation Failed: body is missing or too long (maximum is 65536)")
    return text
