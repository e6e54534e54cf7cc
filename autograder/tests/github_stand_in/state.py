"""What GitHub knows: repositories, accounts, tokens, and its answers to requests."""

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from autograder.tests.github_stand_in.description import Description
from autograder.tests.github_stand_in.faults import Fault
from autograder.tests.github_stand_in.graphql import execute
from autograder.tests.github_stand_in.objects import query_root
from autograder.tests.github_stand_in.repositories import NOTHING, File, Repository
from autograder.tests.github_stand_in.rest import answer

API = "/api/v3"
GRAPHQL = "/api/graphql"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
_LEVELS = ("", "read", "write")


@dataclass(frozen=True)
class Token:
    """A token's owner, and its rights: a level by repository, or by repository and permission.

    `owner/*` means all repositories of an owner, including later ones.
    """

    login: str
    rights: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)

    def may_in(self, owner: str, permission: str, level: str) -> bool:
        """Tell whether the token has a permission for an owner and all of its repositories."""
        return _suffices(self.rights.get(f"{owner}/*"), permission, level)

    def may(self, repository: Repository, permission: str, level: str) -> bool:
        """Tell whether the token has a permission; any right to a repository includes metadata."""
        owner = repository.full_name.partition("/")[0]
        given = self.rights.get(repository.full_name, self.rights.get(f"{owner}/*"))
        if not repository.private and level == "read":
            return True
        return _suffices(given, permission, level)


def _suffices(given: str | Mapping[str, str] | None, permission: str, level: str) -> bool:
    """Tell whether rights, by permission or for all of them, include a level of a permission."""
    if isinstance(given, Mapping):
        has = "read" if permission == "metadata" else given.get(permission, "")
    else:
        has = given or ""
    return _LEVELS.index(level) <= _LEVELS.index(has)


@dataclass(frozen=True)
class Request:
    """A request, and the status of the response."""

    method: str
    path: str
    """Without the query, which is in `query`."""
    query: str
    login: str | None
    body: Any
    """Parsed JSON, or None without a body."""
    status: int | None
    """None if a fault broke the connection."""

    @property
    def writes(self) -> bool:
        """Whether the request is meant to change something."""
        return (
            self.method not in ("GET", "HEAD")
            and "git-upload-pack" not in self.path
            and (GRAPHQL not in self.path)
        )


class GitHubState:
    """All that GitHub knows, and what it answers to requests to its API.

    Args:
        folder: An empty folder, for the bare repositories.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.complaints: list[str] = []
        """Requests that did not match GitHub's description. They fail the test at the end."""
        self.unknown_logins: set[str] = set()
        """Logins that nobody has."""
        self.now = START
        """The time of all that GitHub records."""
        self.admins: dict[str, set[str]] = {}
        """The logins of the owners of organisations."""
        self._accounts: dict[str, dict[str, Any]] = {}
        self._moved: dict[str, str] = {}
        self._repositories: dict[str, Repository] = {}
        self._tokens: dict[str, Token] = {}
        self._lock = threading.RLock()
        self._id = 1000

    @property
    def url(self) -> str:
        """The server's address, in place of `https://github.com`."""
        return "http://localhost"

    def environment(self, token: str) -> dict[str, str]:
        """Return the variables that Actions sets, with this server's addresses."""
        return {
            "GITHUB_SERVER_URL": self.url,
            "GITHUB_API_URL": f"{self.url}{API}",
            "GITHUB_GRAPHQL_URL": f"{self.url}{GRAPHQL}",
            "GITHUB_TOKEN": token,
        }

    def add_token(self, login: str, rights: Mapping[str, str | Mapping[str, str]]) -> str:
        """Create a token, and return its text.

        Args:
            login: Its owner.
            rights: By `owner/name` or `owner/*`: `read` or `write` for all permissions, or a level
                for each permission (`contents`, `statuses`).
        """
        text = f"ghp_{login}{len(self._tokens):04}secret"
        self._tokens[text] = Token(login, rights)
        return text

    def add_repository(self, full_name: str, *, private: bool = True) -> Repository:
        """Create an empty repository."""
        made = self.new_repository(full_name, private=private)
        made.create()
        made.created_at = self.timestamp()
        self._repositories[full_name.casefold()] = made
        return made

    def new_repository(self, full_name: str, *, private: bool) -> Repository:
        """Return a repository that is not created yet."""
        return Repository(full_name, self.folder / f"{full_name}.git", private)

    def rename_repository(self, full_name: str, new_name: str) -> None:
        """Rename a repository; its old name leads to it until another one gets that name."""
        found = self._repositories.pop(full_name.casefold())
        found.full_name = new_name
        self._repositories[new_name.casefold()] = found
        self._moved[full_name.casefold()] = new_name.casefold()

    def account(self, login: str) -> dict[str, Any]:
        """Return an account, which is made if it is not there; `name[bot]` is a bot."""
        if login not in self._accounts:
            kind = "Bot" if login.endswith("[bot]") else "User"
            self._accounts[login] = {"login": login, "id": self.new_id(), "type": kind}
        return self._accounts[login]

    def rename_account(self, login: str, new_login: str) -> None:
        """Rename an account; its number stays."""
        found = self.account(login)
        found["login"] = new_login
        self._accounts[new_login] = self._accounts.pop(login)

    def find(self, full_name: str) -> Repository | None:
        """Return a repository, or None. Upper and lower case are the same."""
        name = full_name.casefold()
        if name not in self._repositories and name in self._moved:
            return self.find(self._moved[name])
        return self._repositories.get(name)

    def repository(self, full_name: str) -> Repository:
        """Return a repository that exists."""
        return self._repositories[full_name.casefold()]

    def push(
        self,
        full_name: str,
        files: Mapping[str, File],
        *,
        branch: str = "main",
        force: bool = False,
        actor: str = "somebody",
    ) -> str:
        """Push a commit of exactly these files at the time `now`, and return its id.

        Args:
            full_name: The repository.
            files: All files of the commit.
            branch: Where it is pushed to.
            force: Whether to leave out the parent, so that the commits before it are lost.
            actor: The login of the account that pushes.
        """
        repository = self.repository(full_name)
        before = repository.heads()
        sha = repository.commit(files, branch, onto_nothing=force)
        self.note_pushes(repository, before, actor, forced=force)
        return sha

    def point(
        self, full_name: str, branch: str, commit: str | None, *, actor: str = "somebody"
    ) -> None:
        """Let a branch point at a commit that is there, or delete it, as a forced push does."""
        repository = self.repository(full_name)
        before = repository.heads()
        repository.point(branch, commit)
        self.note_pushes(repository, before, actor, forced=True)

    def repositories(self, owner: str) -> list[Repository]:
        """Return all repositories of an owner."""
        return [
            repository
            for repository in self._repositories.values()
            if repository.full_name.casefold().startswith(f"{owner.casefold()}/")
        ]

    def wait(self, **span: float) -> None:
        """Move `now` ahead, by the arguments of a `timedelta`."""
        self.now += timedelta(**span)

    def age(self, **span: float) -> None:
        """Make all recorded times earlier, for programs that use the machine's clock."""
        earlier = timedelta(**span)
        for repository in self._repositories.values():
            repository.pushed_at = _shifted(repository.pushed_at, earlier)
            repository.created_at = _shifted(repository.created_at, earlier) or ""
            for activity in repository.activities:
                activity["timestamp"] = _shifted(activity["timestamp"], earlier)
            for made in (*repository.statuses, *repository.comments):
                made["created_at"] = _shifted(made["created_at"], earlier)

    def timestamp(self) -> str:
        """Return `now` as GitHub writes it."""
        return _written(self.now)

    def statuses(self, full_name: str, sha: str) -> dict[str, tuple[str, str]]:
        """Return the newest state and description of each context."""
        return {
            str(status["context"]): (str(status["state"]), str(status["description"]))
            for status in self.repository(full_name).statuses
            if status["sha"] == sha
        }

    def comments(self, full_name: str, sha: str) -> list[str]:
        """Return the texts of a commit's comments, oldest first."""
        return [
            str(comment["body"])
            for comment in self.repository(full_name).comments
            if comment["commit_id"] == sha
        ]

    def comment(self, full_name: str, sha: str, body: str, *, actor: str) -> int:
        """Comment on a commit as an account, and return the comment's id."""
        made = {
            "id": self.new_id(),
            "commit_id": sha,
            "body": body,
            "created_at": self.timestamp(),
            "user": self.account(actor),
        }
        self.repository(full_name).comments.append(made)
        return int(str(made["id"]))

    def new_id(self) -> int:
        """Return an unused id."""
        with self._lock:
            self._id += 1
            return self._id

    def token(self, text: str | None) -> Token | None:
        """Return the token with this text, or one without rights if no token is given."""
        return Token("") if text is None else self._tokens.get(text)

    def fault_for(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, or None."""
        with self._lock:
            return next((fault for fault in self.faults if fault.hits(method, path)), None)

    def check(self, method: str, path: str, query: Mapping[str, str], body: object) -> None:
        """Record what does not match GitHub's description of its REST API."""
        with self._lock:
            self.complaints += _description().complaints(method, path, query, body)

    def record(self, request: Request) -> None:
        """Record a request."""
        with self._lock:
            self.requests.append(request)

    def note_pushes(
        self,
        repository: Repository,
        before: Mapping[str, str],
        login: str,
        *,
        forced: bool = False,
    ) -> None:
        """Record what a push changed in the list of activities, as GitHub does."""
        after = repository.heads()
        for ref in sorted({*before, *after}):
            old, new = before.get(ref, NOTHING), after.get(ref, NOTHING)
            if old == new or not ref.startswith("refs/heads/"):
                continue
            kind = "force_push" if forced else "push"
            if NOTHING in (old, new):
                kind = "branch_creation" if old == NOTHING else "branch_deletion"
            repository.pushed_at = self.timestamp()
            repository.activities.append(
                {
                    "id": self.new_id(),
                    "before": old,
                    "after": new,
                    "ref": ref,
                    "timestamp": self.timestamp(),
                    "activity_type": kind,
                    "actor": self.account(login),
                }
            )

    def respond(
        self, method: str, path: str, query: str, token: Token | None, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer a request to the API with a status, headers and content."""
        if token is None:
            return as_json(401, {"message": "Bad credentials"})
        if path == GRAPHQL:
            if not token.login:
                return as_json(401, {"message": "This endpoint requires you to be authenticated."})
            asked = json.loads(body)
            root = query_root(self, token)
            return as_json(200, execute(asked["query"], asked.get("variables") or {}, root))
        if path.startswith(f"{API}/"):
            path, given = path.removeprefix(API), dict(parse_qsl(query, keep_blank_values=True))
            content_of = json.loads(body) if body else {}
            self.check(method, path, given, content_of)
            status, headers, found = answer(self, token, method, path, given, content_of)
            status, _, content = as_json(status, found)
            return status, headers, content
        return as_json(404, {"message": "Not Found"})


@cache
def _description() -> Description:
    return Description.of_github()


def _written(moment: datetime) -> str:
    """Write a time as GitHub does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _shifted(written: str | None, earlier: timedelta) -> str | None:
    return written and _written(datetime.fromisoformat(written) - earlier)


def token_of(authorization: str) -> str | None:
    """Return the token in a header, or None."""
    kind, _, value = authorization.partition(" ")
    if kind.lower() == "basic":
        return base64.b64decode(value).decode().partition(":")[2]
    return value or None


def as_json(status: int, answered: object) -> tuple[int, dict[str, str], bytes]:
    """Return a response with this content, or without any for None."""
    content = b"" if answered is None else json.dumps(answered).encode()
    return status, {}, content
