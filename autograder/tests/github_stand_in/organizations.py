"""The stand-in's routes for organisations: lists, and repositories made from a template."""

from typing import Any

from autograder.tests.github_stand_in.repositories import Repository
from autograder.tests.github_stand_in.rest import NOT_ACCESSIBLE, AnswerError, RestCall, route


def collaborators(repository: Repository) -> dict[str, str]:
    """Return who was given access to a repository: permissions by login."""
    found: Any = repository.more.setdefault("collaborators", {})
    made: dict[str, str] = found
    return made


@route("GET", "/orgs/{org}/repos")
def _repositories(call: RestCall) -> tuple[int, Any]:
    return 200, [
        {"full_name": repository.full_name}
        for repository in call.github.repositories(call.parts["org"])
        if call.token.may(repository, "metadata", "read")
    ]


@route("GET", "/orgs/{org}/members")
def _members(call: RestCall) -> tuple[int, Any]:
    _must_own(call, call.parts["org"], "members=read")
    owned = call.github.repositories(call.parts["org"])
    return 200, [{"login": login} for repository in owned for login in collaborators(repository)]


@route("POST", "/repos/{owner}/{repo}/generate")
def _generate(call: RestCall) -> tuple[int, Any]:
    template = call.repository("contents", "read")
    owner = str(call.body["owner"])
    _must_own(call, owner, "administration=write")
    name = f"{owner}/{call.body['name']}"
    if not template.is_template or template.head is None or call.github.find(name) is not None:
        raise AnswerError(422, "Validation Failed: no template, an empty one, or a taken name")
    made = call.github.add_repository(name, private=bool(call.body.get("private")))
    made.more["template"] = {"__typename": "Repository", "nameWithOwner": template.full_name}
    made.commit(template.files(), made.default_branch)
    call.github.note_pushes(made, {}, call.token.login)
    return 201, {"full_name": name}


@route("PUT", "/repos/{owner}/{repo}/collaborators/{username}")
def _add_collaborator(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("administration", "write")
    collaborators(repository)[call.parts["username"]] = call.body.get("permission", "push")
    return 201, {}


def _must_own(call: RestCall, owner: str, needs: str) -> None:
    if not call.token.owns(owner):
        raise AnswerError(403, NOT_ACCESSIBLE, needs=needs)
