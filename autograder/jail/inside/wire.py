"""Frames of JSON between the grader and the runner; used on both sides.

A frame is its length as four bytes, big end first, then so many bytes. Whatever comes out of the
jail is hostile: the reader states how much it takes, and parses plain JSON only.
"""

import json
import socket
import struct
from collections.abc import Callable
from typing import Any

_HEADER = struct.Struct(">I")


class WireError(Exception):
    """The other side broke off or sent something that is no frame of plain JSON."""


def send_frame(connection: socket.socket, payload: bytes) -> None:
    """Send one frame."""
    connection.sendall(_HEADER.pack(len(payload)) + payload)


def receive_frame(
    connection: socket.socket, limit: int, before_read: Callable[[], None] | None = None
) -> bytes:
    """Receive one frame.

    Args:
        connection: Where it comes from.
        limit: How many bytes it may have.
        before_read: Called before each read, to renew a timeout for instance.

    Raises:
        WireError: The connection ended, or the frame is larger.
    """
    (size,) = _HEADER.unpack(_receive_exactly(connection, _HEADER.size, before_read))
    if size > limit:
        raise WireError(f"a frame of {size} bytes, where {limit} are allowed")
    return _receive_exactly(connection, size, before_read)


def _receive_exactly(
    connection: socket.socket, size: int, before_read: Callable[[], None] | None
) -> bytes:
    parts: list[bytes] = []
    while size:
        if before_read is not None:
            before_read()
        part = connection.recv(min(size, 1 << 16))
        if not part:
            raise WireError("the connection ended within a frame")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def encode(message: object) -> bytes:
    """Encode a message as ASCII JSON; NaN and infinity are refused."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode()


def decode(payload: bytes) -> Any:
    """Decode plain JSON: no NaN, no key twice, no depth or number that breaks the parser.

    Raises:
        WireError: It is something else.
    """
    try:
        return json.loads(payload, parse_constant=_no_constant, object_pairs_hook=_no_key_twice)
    except (ValueError, RecursionError) as error:
        raise WireError(f"no plain JSON: {type(error).__name__}") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key stands twice")
    return table
