"""Repositories made from a template, and who may use them.

Sources, all of docs.github.com: REST, "Create a repository using a template", "Add a repository
collaborator" and "Repository invitations". Somebody who is not a member of the organisation gets an
invitation, which expires after seven days; an expired one stays in the list, with `expired` set.
"""

from dataclasses import dataclass

from autograder.github.client import GitHubClient, NotThereError, UncertainError
from autograder.github.queries import as_expected

WRITE = "push"
"""The permission to write, as requests name it; answers call it `write`."""


@dataclass(frozen=True)
class RepositorySettings:
    """The settings of a repository."""

    is_private: bool
    is_template: bool


@dataclass(frozen=True)
class Invitation:
    """Somebody's invitation to a repository, which is not accepted yet."""

    id: int
    is_expired: bool


def find_settings(client: GitHubClient, full_name: str) -> RepositorySettings | None:
    """Return the settings of a repository; None if there is none, or the token may not see it.

    Raises:
        GitHubError: GitHub could not be asked, or the repository now has another name.
    """
    what = "looking for the repository"
    try:
        found = client.get(f"/repos/{full_name}", what)
    except NotThereError:
        return None
    with as_expected(what):
        return RepositorySettings(bool(found["private"]), bool(found["is_template"]))


def has_account(client: GitHubClient, login: str) -> bool:
    """Whether somebody has this login on GitHub.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    what = "looking for the login"
    try:
        found = client.get(f"/users/{login}", what)
    except NotThereError:
        return False
    with as_expected(what):
        return bool(found["type"] == "User")


def make_from_template(client: GitHubClient, template: str, full_name: str) -> None:
    """Make a private repository with the files of a template's default branch.

    Raises:
        GitHubError: It was not made.
    """
    owner, _, name = full_name.partition("/")
    asked = {"owner": owner, "name": name, "private": True}
    what = "making the repository"
    try:
        client.write("POST", f"/repos/{template}/generate", what, asked, repeatable=False)
    except UncertainError:
        if find_settings(client, full_name) is None:
            raise


def permission_of(client: GitHubClient, full_name: str, login: str) -> str:
    """Return what somebody may do with a repository: `admin`, `write`, `read` or `none`.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    what = "looking for the student's access"
    try:
        found = client.get(f"/repos/{full_name}/collaborators/{login}/permission", what)
    except NotThereError:
        return "none"
    with as_expected(what):
        return str(found["permission"])


def find_invitation(client: GitHubClient, full_name: str, login: str) -> Invitation | None:
    """Return somebody's invitation to a repository, expired or not; None if there is none.

    Raises:
        GitHubError: GitHub could not be asked.
    """
    what = "looking for an invitation"
    listed = client.get(f"/repos/{full_name}/invitations", what, per_page="100")
    with as_expected(what):
        for invitation in listed:
            invitee = invitation["invitee"]
            if invitee and invitee["login"].casefold() == login.casefold():
                return Invitation(invitation["id"], bool(invitation.get("expired")))
    return None


def withdraw_invitation(client: GitHubClient, full_name: str, invitation: Invitation) -> None:
    """Delete an invitation.

    Raises:
        GitHubError: It could not be deleted.
    """
    path = f"/repos/{full_name}/invitations/{invitation.id}"
    client.write("DELETE", path, "deleting an expired invitation", repeatable=True)


def invite_to_write(client: GitHubClient, full_name: str, login: str) -> None:
    """Invite somebody to a repository with the right to write; members get it immediately.

    Raises:
        GitHubError: The invitation was not sent.
    """
    path = f"/repos/{full_name}/collaborators/{login}"
    client.write("PUT", path, "inviting the student", {"permission": WRITE}, repeatable=True)
