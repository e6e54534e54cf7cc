"""The stand-in's routes for organisations: lists, repositories made from a template, and access.

Everybody has an account, except `unknown_logins` of the stand-in, and nobody is a member.
"""

from typing import Any

from autograder.tests.github_stand_in.repositories import Repository
from autograder.tests.github_stand_in.rest import NOT_ACCESSIBLE, AnswerError, RestCall, route

_GIVEN = {"write": "push", "read": "pull"}
_SHOWN = {given: shown for shown, given in _GIVEN.items()}
"""Permissions in answers, by those in requests."""


def collaborators(repository: Repository) -> dict[str, str]:
    """Return who has access to a repository: permissions by login, such as `push`."""
    found: Any = repository.more.setdefault("collaborators", {})
    made: dict[str, str] = found
    return made


def invitations(repository: Repository) -> list[dict[str, Any]]:
    """Return the invitations to a repository that are not accepted, expired or not."""
    found: Any = repository.more.setdefault("invitations", [])
    made: list[dict[str, Any]] = found
    return made


def accept_invitation(repository: Repository, login: str) -> None:
    """Accept somebody's invitation, which gives access."""
    (invitation,) = [
        invitation
        for invitation in invitations(repository)
        if invitation["invitee"]["login"] == login and not invitation["expired"]
    ]
    invitations(repository).remove(invitation)
    collaborators(repository)[login] = _GIVEN[invitation["permissions"]]


@route("GET", "/users/{username}")
def _user(call: RestCall) -> tuple[int, Any]:
    return 200, {"login": _account(call), "type": "User"}


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
    login, permission = _account(call), call.body.get("permission", "push")
    if login in collaborators(repository):
        collaborators(repository)[login] = permission
        return 204, None
    pending = [each for each in invitations(repository) if each["invitee"]["login"] == login]
    if not pending:
        pending = [{"id": call.github.new_id(), "invitee": {"login": login}, "expired": False}]
        invitations(repository).extend(pending)
    pending[0]["permissions"] = _SHOWN.get(permission, permission)
    return 201, pending[0]


@route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission")
def _permission(call: RestCall) -> tuple[int, Any]:
    repository = call.repository("metadata", "read")
    given = collaborators(repository).get(_account(call), "none")
    return 200, {"permission": _SHOWN.get(given, given)}


@route("GET", "/repos/{owner}/{repo}/invitations")
def _invitations(call: RestCall) -> tuple[int, Any]:
    return 200, invitations(call.repository("administration", "read"))


@route("DELETE", "/repos/{owner}/{repo}/invitations/{invitation_id}")
def _delete_invitation(call: RestCall) -> tuple[int, Any]:
    listed = invitations(call.repository("administration", "write"))
    (found,) = [each for each in listed if str(each["id"]) == call.parts["invitation_id"]]
    listed.remove(found)
    return 204, None


def _account(call: RestCall) -> str:
    login = call.parts["username"]
    if login in call.github.unknown_logins:
        raise AnswerError(404, "Not Found")
    return login


def _must_own(call: RestCall, owner: str, needs: str) -> None:
    permission, _, level = needs.partition("=")
    if not call.token.may_in(owner, permission, level):
        raise AnswerError(403, NOT_ACCESSIBLE, needs=needs)
