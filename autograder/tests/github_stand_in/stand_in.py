"""The server: it checks permissions, records requests, and routes them to git, REST and GraphQL."""

import base64
import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from autograder.tests.github_stand_in.description import Description
from autograder.tests.github_stand_in.faults import Fault
from autograder.tests.github_stand_in.graphql import execute
from autograder.tests.github_stand_in.objects import query_root
from autograder.tests.github_stand_in.repositories import (
    NOTHING,
    WITHOUT_WORKFLOWS,
    File,
    Repository,
)
from autograder.tests.github_stand_in.rest import answer

API = "/api/v3"
GRAPHQL = "/api/graphql"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
_GIT = re.compile(
    r"/(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/(?P<rest>info/refs|git-upload-pack|git-receive-pack)"
)
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


class StandIn:
    """A server on this machine, which runs for as long as the `with` block.

    Args:
        folder: An empty folder, for the bare repositories.

    Raises:
        AssertionError: At the end, if a request did not match GitHub's description.
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
        self._repositories: dict[str, Repository] = {}
        self._tokens: dict[str, Token] = {}
        self._lock = threading.RLock()
        self._id = 1000
        self._description = Description.of_github()
        handler = type("BoundHandler", (_Handler,), {"github": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if kind is None and self.complaints:
            raise AssertionError("\n".join(self.complaints))

    @property
    def url(self) -> str:
        """The server's address, in place of `https://github.com`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

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
        made = Repository(full_name, self.folder / f"{full_name}.git", private)
        made.create()
        self._repositories[full_name.casefold()] = made
        return made

    def find(self, full_name: str) -> Repository | None:
        """Return a repository, or None. Upper and lower case are the same."""
        return self._repositories.get(full_name.casefold())

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
    ) -> str:
        """Push a commit of exactly these files at the time `now`, and return its id."""
        repository = self.repository(full_name)
        before = repository.heads()
        sha = repository.commit(files, branch, onto_nothing=force)
        self.note_pushes(repository, before, "somebody", forced=force)
        return sha

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
            self.complaints += self._description.complaints(method, path, query, body)

    def record(self, request: Request) -> None:
        """Record a request."""
        with self._lock:
            self.requests.append(request)

    def git(
        self,
        repository: Repository,
        token: Token,
        rest: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> tuple[int, dict[str, str], bytes]:
        """Pass a request to git's own server program, `git http-backend`."""
        path, _, query = rest.partition("?")
        before = repository.heads()
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            check=False,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(self.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "PATH_INFO": f"/{repository.full_name}.git/{path}",
                "QUERY_STRING": query,
                "REQUEST_METHOD": headers["method"],
                "REMOTE_USER": token.login,
                "CONTENT_TYPE": headers.get("content-type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
                "GIT_PROTOCOL": headers.get("git-protocol", ""),
                **({} if token.may(repository, "workflows", "write") else WITHOUT_WORKFLOWS),
            },
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        answered = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(answered.pop("Status", "200").split()[0])
        if path == "git-receive-pack":
            self.note_pushes(repository, before, token.login)
        return status, answered, content

    def note_pushes(
        self, repository: Repository, before: Mapping[str, str], login: str, *, forced: bool = False
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
                    "actor": {"login": login},
                }
            )


def _written(moment: datetime) -> str:
    """Write a time as GitHub does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _shifted(written: str | None, earlier: timedelta) -> str | None:
    return written and _written(datetime.fromisoformat(written) - earlier)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: the client may have closed the connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    github: StandIn
    # Send headers and content in one packet: otherwise each response takes 40 ms.
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base's name
        """Print nothing."""

    def _handle(self) -> None:
        url = urlsplit(self.path)
        body = self._body()
        token = self.github.token(self._token())
        fault = self.github.fault_for(self.command, url.path)
        if fault is None or fault.acts:
            status, headers, content = self._answer(url.path, url.query, token, body)
        if fault is not None:
            status, headers = fault.status or 0, dict(fault.headers)
            content = json.dumps({"message": fault.message}).encode()
        try:
            parsed = json.loads(body) if body[:1] == b"{" else None
        except ValueError:
            parsed = None
        self.github.record(
            Request(
                self.command, url.path, url.query, token.login if token else None, parsed,
                status or None,
            )
        )  # fmt: skip
        if fault is not None and fault.then is not None:
            fault.then()
        if not status:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        headers.setdefault("Content-Type", "application/json; charset=utf-8")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - the base's names

    def _answer(
        self, path: str, query: str, token: Token | None, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if token is None:
            return _as_json(401, {"message": "Bad credentials"})
        match = _GIT.fullmatch(path)
        if match:
            return self._git(match["name"], match["rest"], query, token, body)
        if path == GRAPHQL:
            if not token.login:
                return _as_json(401, {"message": "This endpoint requires you to be authenticated."})
            asked = json.loads(body)
            root = query_root(self.github, token)
            return _as_json(200, execute(asked["query"], asked.get("variables") or {}, root))
        if path.startswith(f"{API}/"):
            path, asked = path.removeprefix(API), dict(parse_qsl(query, keep_blank_values=True))
            content_of = json.loads(body) if body else {}
            self.github.check(self.command, path, asked, content_of)
            status, headers, found = answer(
                self.github, token, self.command, path, asked, content_of
            )
            status, _, content = _as_json(status, found)
            return status, headers, content
        return _as_json(404, {"message": "Not Found"})

    def _git(
        self, name: str, rest: str, query: str, token: Token, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        repository = self.github.find(name)
        level = "write" if "git-receive-pack" in f"{rest}?{query}" else "read"
        if repository is None or not token.may(repository, "contents", level):
            if not token.login:
                status, _, content = _as_json(401, {"message": "Unauthorized"})
                return status, {"WWW-Authenticate": 'Basic realm="GitHub"'}, content
            seen = repository is not None and token.may(repository, "metadata", "read")
            return _as_json(403 if seen else 404, {"message": "Not Found"})
        headers = {key.lower(): value for key, value in self.headers.items()}
        return self.github.git(
            repository, token, f"{rest}?{query}", headers | {"method": self.command}, body
        )

    def _token(self) -> str | None:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            return base64.b64decode(value).decode().partition(":")[2]
        return value or None

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts: list[bytes] = []
        while size := int(self.rfile.readline().strip(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)


def _as_json(status: int, answered: object) -> tuple[int, dict[str, str], bytes]:
    content = b"" if answered is None else json.dumps(answered).encode()
    return status, {}, content
