"""The instructor's guide, read as data: its tokens with their rights, and its commands."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.tests.github.workflows import PROJECT

GUIDE = PROJECT / "autograder" / "docs" / "instructors" / "github.md"
OWNER = "course"
"""The organisation in the guide's examples."""

_SECRET = re.compile(r"^\| `(\w+_TOKEN)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_STORED = re.compile(r"^Store (.+?) under", re.MULTILINE)
_NAMED = re.compile(r"`([\w-]+)`")
_RIGHT = re.compile(r"([A-Z][a-z ]+): (read and write|read)\b")
_ONLY = re.compile(r"only `([\w-]+)`")
_COMMAND = re.compile(r"^ {4}GITHUB_TOKEN=\.\.\. uv run autograder (.+)$", re.MULTILINE)
_LEVELS = {"read": "read", "read and write": "write"}
_PERMISSIONS = {
    "Actions": "actions",
    "Administration": "administration",
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
    commands: tuple[str, ...]
    """Those that need it."""
    repositories: str
    """`owner/name`, or `owner/*` for all of them."""
    rights: Mapping[str, str]
    """A level by permission."""


def secrets() -> dict[str, Secret]:
    """Read the table of tokens."""
    found = {}
    for name, commands, where, rights in _SECRET.findall(GUIDE.read_text("utf-8")):
        only = _ONLY.fullmatch(where)
        assert only or where.startswith("all"), where
        found[name] = Secret(
            name,
            tuple(_NAMED.findall(commands)),
            f"{OWNER}/{only[1] if only else '*'}",
            {
                _PERMISSIONS[permission]: _LEVELS[level]
                for permission, level in _RIGHT.findall(rights)
            },
        )
    return found


def stored_secrets() -> set[str]:
    """Return the names of the tokens that are stored for workflows."""
    (sentence,) = _STORED.findall(GUIDE.read_text("utf-8"))
    return set(_NAMED.findall(sentence))


def secret_of(command: str) -> str:
    """Return the name of the token that a command needs."""
    (found,) = [secret.name for secret in secrets().values() if command in secret.commands]
    return found


def command(name: str) -> list[str]:
    """Return the arguments that the guide gives a command."""
    lines = _COMMAND.findall(_addressed())
    (found,) = [line for line in lines if line.split()[0] == name]
    return shlex.split(found)


def _addressed() -> str:
    return GUIDE.read_text("utf-8").replace("OWNER", OWNER)
