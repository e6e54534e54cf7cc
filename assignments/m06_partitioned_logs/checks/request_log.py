"""Records each request that reaches the simulated AWS, and its answer."""

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto.moto_server import threaded_moto_server

LARGEST_BODY = 8 << 20
"""Bytes: AWS takes no larger requests, and gives no larger answers."""


@dataclass(frozen=True)
class Request:
    """A request and its answer."""

    operation: str
    """Such as `GetRecords`; `?` if the request is not in JSON."""
    parameters: dict[str, Any]
    status: int
    answer: dict[str, Any]

    @property
    def error(self) -> str | None:
        """The name of the error, if the answer is an error."""
        if self.status < 400:
            return None
        return str(self.answer.get("__type", self.status)).rpartition("#")[2]

    @property
    def kind(self) -> str:
        """In a word what the answer is."""
        if self.error is not None:
            return self.error
        if self.answer.get("FailedRecordCount"):
            return "rejected"
        if self.operation in ("GetRecords", "ReceiveMessage"):
            return "some" if self.answer.get("Records") or self.answer.get("Messages") else "empty"
        return "done"


class _Logged:
    """The application of moto's server, with a record of what passes through it."""

    def __init__(
        self, application: Any, requests: list[Request], on_request: Callable[[Request], None]
    ) -> None:
        self._application = application
        self._requests = requests
        self._on_request = on_request

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(_length_of(environ))
        environ["wsgi.input"] = io.BytesIO(body)
        status = 0

        def start(line: str, *rest: Any) -> Any:
            nonlocal status
            status = int(line.split()[0])
            return start_response(line, *rest)

        answer = b"".join(self._application(environ, start))
        operation = str(environ.get("HTTP_X_AMZ_TARGET", "?")).rpartition(".")[2]
        request = Request(operation, _json_of(body), status, _json_of(answer))
        self._requests.append(request)
        self._on_request(request)
        return [answer]


def _length_of(environ: dict[str, Any]) -> int:
    length = str(environ.get("CONTENT_LENGTH") or "0")
    return min(int(length), LARGEST_BODY) if length.isdecimal() else 0


def _json_of(body: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(body)
        return found if isinstance(found, dict) else {}
    return {}


@contextlib.contextmanager
def recorded_requests(
    on_request: Callable[[Request], None] = lambda _: None,
) -> Iterator[list[Request]]:
    """Have the server that starts within this context record its requests in the yielded list.

    Args:
        on_request: Called with each as soon as it is answered.
    """
    requests: list[Request] = []
    plain = threaded_moto_server.DomainDispatcherApplication

    def logged(*arguments: Any) -> _Logged:
        return _Logged(plain(*arguments), requests, on_request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threaded_moto_server, "DomainDispatcherApplication", logged)
        yield requests
