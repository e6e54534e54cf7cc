"""The instructor's guide, read as data: its tokens with their rights, and its commands."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.tests.github.workflows import PROJECT, WORKFLOWS

GUIDE = PROJECT / "autograder" / "docs" / "instructors" / "github.md"
OWNER = "course"
"""The organisation in the guide's examples."""

_SECRET = re.compile(r"^\| `(\w+_TOKEN)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
_RIGHT = re.compile(r"([A-Z][a-z ]+): (read and write|read)\b")
_ONLY = re.compile(r"only `([\w-]+)`")
_COMMAND = re.compile(r"^ {4}GITHUB_TOKEN=\.\.\. uv run autograder (.+)$", re.MULTILINE)
_REQUEST = re.compile(r"^ {4}gh api --method ([A-Z]+) (\S+) (.+)$", re.MULTILINE)
_FIELD = re.compile(r"-(f|F) (\w+)=(\S+)")
_USED = re.compile(r"secrets\.(\w+)")
_LEVELS = {"read": "read", "read and write": "write"}
_PERMISSIONS = {
    "Actions": "actions",
    "Commit statuses": "statuses",
    "Contents": "contents",
    "Pull requests": "pull_requests",
    "Workflows": "workflows",
}
"""Names in the API, by names in the settings (docs.github.com, "Permissions required")."""


@dataclass(frozen=True)
class Secret:
    """A row of the table of tokens."""

    name: str
    repositories: str
    """`owner/name`, or `owner/*` for all of them."""
    rights: Mapping[str, str]
    """A level by permission."""


@dataclass(frozen=True)
class ApiRequest:
    """A request that `gh api` sends to GitHub."""

    method: str
    path: str
    body: Mapping[str, Any]


def secrets() -> dict[str, Secret]:
    """Read the table of tokens."""
    found = {}
    for name, where, rights in _SECRET.findall(GUIDE.read_text("utf-8")):
        only = _ONLY.fullmatch(where)
        assert only or where.startswith("all"), where
        found[name] = Secret(
            name,
            f"{OWNER}/{only[1] if only else '*'}",
            {
                _PERMISSIONS[permission]: _LEVELS[level]
                for permission, level in _RIGHT.findall(rights)
            },
        )
    return found


def secret_of(command: str) -> str:
    """Return the name of the secret that a command gets from its workflow."""
    (found,) = {
        name
        for workflow in WORKFLOWS
        for step in workflow.steps
        if f"autograder {command} " in step.get("run", "")
        for name in _USED.findall(str(step["env"]))
    }
    return str(found)


def command(name: str) -> list[str]:
    """Return the arguments that the guide gives a command."""
    lines = _COMMAND.findall(_addressed())
    (found,) = [line for line in lines if line.split()[0] == name]
    return shlex.split(found)


def requests_for(login: str) -> list[ApiRequest]:
    """Return the requests that make a student's repository."""
    text = _addressed().replace("LOGIN", login)
    return [
        ApiRequest(
            method,
            f"/{path}",
            {key: value == "true" if kind == "F" else value
             for kind, key, value in _FIELD.findall(fields)},
        )
        for method, path, fields in _REQUEST.findall(text)
    ]  # fmt: skip


def _addressed() -> str:
    return GUIDE.read_text("utf-8").replace("OWNER", OWNER)
