"""The server: it records requests, and routes them to git, REST and GraphQL."""

import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from autograder.tests.github_stand_in.repositories import WITHOUT_WORKFLOWS, Repository
from autograder.tests.github_stand_in.state import (
    API,
    GRAPHQL,
    START,
    GitHubState,
    Request,
    Token,
    as_json,
    token_of,
)

__all__ = ["API", "GRAPHQL", "START", "Request", "StandIn", "Token"]

_GIT = re.compile(
    r"/(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/(?P<rest>info/refs|git-upload-pack|git-receive-pack)"
)


class StandIn(GitHubState):
    """A server on this machine, which runs for as long as the `with` block.

    Args:
        folder: An empty folder, for the bare repositories.

    Raises:
        AssertionError: At the end, if a request did not match GitHub's description.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
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
                "PATH_INFO": f"/{repository.folder.relative_to(self.folder)}/{path}",
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
        token = self.github.token(token_of(self.headers.get("Authorization", "")))
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
        match = _GIT.fullmatch(path)
        if match and token is not None:
            return self._git(match["name"], match["rest"], query, token, body)
        return self.github.respond(self.command, path, query, token, body)

    def _git(
        self, name: str, rest: str, query: str, token: Token, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        repository = self.github.find(name)
        level = "write" if "git-receive-pack" in f"{rest}?{query}" else "read"
        if repository is None or not token.may(repository, "contents", level):
            if not token.login:
                status, _, content = as_json(401, {"message": "Unauthorized"})
                return status, {"WWW-Authenticate": 'Basic realm="GitHub"'}, content
            seen = repository is not None and token.may(repository, "metadata", "read")
            return as_json(403 if seen else 404, {"message": "Not Found"})
        headers = {key.lower(): value for key, value in self.headers.items()}
        return self.github.git(
            repository, token, f"{rest}?{query}", headers | {"method": self.command}, body
        )

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts: list[bytes] = []
        while size := int(self.rfile.readline().strip(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)
