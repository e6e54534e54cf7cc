"""What the stand-ins of LMSs share: a server on this machine, its faults and its complaints."""

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from autograder.tests.github_stand_in.faults import Fault

TOKEN = "a-token-of-the-teacher"


@dataclass(frozen=True)
class Asked:
    """A request to a stand-in."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """A stand-in's answer."""

    status: int
    body: str
    headers: Mapping[str, str]


class LmsStandIn:
    """A server on this machine, which runs for as long as the `with` block.

    Raises:
        AssertionError: At the end, if a request was not as the LMS documents it.
    """

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.requests: list[Asked] = []
        self.faults: list[Fault] = []
        self.on_request: Callable[[bool], bool] = lambda _: True
        """Called before each request takes effect and after; False breaks the connection."""
        handler = type("BoundHandler", (_Handler,), {"lms": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def respond(self, asked: Asked) -> Told:
        """Answer a request."""
        raise NotImplementedError

    def complain(self, what: str) -> None:
        """Note that a request was not as documented."""
        self.complaints.append(what)

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


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: the client may have closed the connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lms: LmsStandIn
    # Send headers and content in one packet: otherwise each response takes 40 ms.
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base's name
        """Print nothing."""

    def _handle(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        form = self.rfile.read(length).decode()
        asked = Asked(
            self.command,
            url.path,
            tuple(parse_qsl(url.query, keep_blank_values=True)),
            tuple(parse_qsl(form, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
        )
        if form and asked.headers.get("content-type") != "application/x-www-form-urlencoded":
            self.lms.complain(f"a form as {asked.headers.get('content-type')}")
        with self.lms.lock:
            told = self._answer(asked)
        if told is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = told.body.encode()
        self.send_response(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - the base's names

    def _answer(self, asked: Asked) -> Told | None:
        self.lms.requests.append(asked)
        if not self.lms.on_request(False):
            return None
        place = f"{asked.path}?{dict(asked.form).get('wsfunction', '')}"
        fault = next((fault for fault in self.lms.faults if fault.hits(asked.method, place)), None)
        told = self.lms.respond(asked) if fault is None or fault.acts else None
        if not self.lms.on_request(True):
            return None
        if fault is None:
            return told
        return Told(fault.status, fault.message, fault.headers) if fault.status else None
