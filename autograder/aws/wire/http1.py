"""One HTTP/1.1 request, parsed strictly, and its answer.

h11 parses. What it finds invalid is refused; so is what a correct client of AWS never sends, such
as a body in chunks. Nothing is kept of a request once it is answered, so that each is
parsed as if it were the first on its connection.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import h11

from autograder.aws.errors import malformed

MAX_HEAD = 16 << 10
"""Bytes: many times what boto3 sends."""
MAX_BODY = 15 << 20
"""Bytes: the largest batch of PutRecords, 10 MiB, in base64."""
PART = 64 << 10
"""Bytes of one read."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_VERSIONS = (b"1.0", b"1.1")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True)
class RequestHead:
    """The request line and the headers."""

    method: str
    target: str
    """The path, including any query."""
    headers: Mapping[str, str]
    """By names in small letters; the values of a header that appears twice are joined by commas."""
    size: int
    """Of the body, in bytes."""


@dataclass(frozen=True)
class HttpAnswer:
    """An answer, as it goes over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def encoded(self, *, is_last: bool = True) -> bytes:
        """Return it as bytes.

        Args:
            is_last: The connection is closed after it; a header says so.
        """
        phrase = _PHRASES.get(self.status, "Error")
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{k}: {v}" for k, v in self.headers)]
        lines.append(f"Content-Length: {len(self.body)}")
        if is_last:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


class IncomingRequest:
    """The request on a connection, read step by step: the head, then the body if it is wanted.

    Args:
        receive: Returns what has arrived, at most that many bytes; none once the client hung up.
        send: Sends bytes to the client.
    """

    def __init__(self, receive: Callable[[int], bytes], send: Callable[[bytes], object]) -> None:
        self._receive = receive
        self._send = send
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        self.is_read = False
        """Whether nothing is left to read."""

    @property
    def may_be_followed(self) -> bool:
        """Whether the client waits for the answer before it says more, and does not hang up."""
        parser = self._parser
        return self.is_read and parser.their_state is h11.DONE and not parser.trailing_data[0]

    def head(self) -> RequestHead:
        """Read the request line and the headers.

        Raises:
            AwsError: They are not as they should be.
            ConnectionError: The client hung up without a word.
        """
        request = self._next(MAX_HEAD)
        if not isinstance(request, h11.Request):
            raise ConnectionResetError("no request")
        if request.http_version not in _VERSIONS:
            raise malformed("Only HTTP/1.0 and HTTP/1.1 are spoken here.", 505)
        headers: dict[str, str] = {}
        for raw_name, raw_value in request.headers:
            name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        size = int(headers.get("content-length", "0"))
        if "transfer-encoding" in headers or size > MAX_BODY:
            raise malformed(f"A body has a Content-Length of {MAX_BODY} at most.")
        return RequestHead(
            request.method.decode("ascii"), request.target.decode("ascii"), headers, size
        )

    def body(self) -> bytes:
        """Read the body.

        Raises:
            AwsError: It is shorter than was said.
        """
        if self._parser.they_are_waiting_for_100_continue:
            self._send(_CONTINUE)
        body = bytearray()
        while isinstance(event := self._next(PART), h11.Data):
            body += event.data
        self.is_read = True
        return bytes(body)

    def _next(self, part: int) -> object:
        try:
            while (event := self._parser.next_event()) is h11.NEED_DATA:
                self._parser.receive_data(self._receive(part))
        except h11.RemoteProtocolError as error:
            raise malformed(
                "This is not a complete HTTP/1.1 request.", error.error_status_hint
            ) from None
        return event
