"""Frames of JSON between the grader and the runner; used on both sides.

A frame is its length as four bytes, big end first, then that many bytes. Whatever comes out of the
sandbox is hostile: the reader states how much it takes, and parses plain JSON only.
"""

import json
import socket
import struct
import time
from typing import Any

_HEADER = struct.Struct(">I")


class WireError(Exception):
    """The other side broke off, took too long, or sent no frame of plain JSON."""


def send_frame(connection: socket.socket, payload: bytes, end: float | None = None) -> None:
    """Send one frame.

    Args:
        connection: Where it goes.
        payload: What it holds.
        end: When it must have left, by `time.monotonic()`; None waits without end.

    Raises:
        WireError: The connection broke, or the other side does not read.
    """
    try:
        _limit(connection, end)
        connection.sendall(_HEADER.pack(len(payload)) + payload)
    except OSError as error:
        raise _broken(error) from None


def receive_frame(connection: socket.socket, limit: int, end: float | None = None) -> bytes:
    """Receive one frame.

    Args:
        connection: Where it comes from.
        limit: How many bytes it may have.
        end: When it must be there as a whole, by `time.monotonic()`; None waits without end.

    Raises:
        WireError: The connection ended, the frame is larger, or it is not there in time.
    """
    (size,) = _HEADER.unpack(_receive_exactly(connection, _HEADER.size, end))
    if size > limit:
        raise WireError(f"a frame of {size} bytes, where {limit} are allowed")
    return _receive_exactly(connection, size, end)


def _receive_exactly(connection: socket.socket, size: int, end: float | None) -> bytes:
    received = bytearray()
    while len(received) < size:
        try:
            _limit(connection, end)
            part = connection.recv(min(size - len(received), 1 << 16))
        except OSError as error:
            raise _broken(error) from None
        if not part:
            raise WireError("the connection ended within a frame")
        received += part
    return bytes(received)


def _limit(connection: socket.socket, end: float | None) -> None:
    """Let the next step on a connection end in time, however many came before."""
    if end is not None:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)


def _broken(error: OSError) -> WireError:
    if isinstance(error, TimeoutError):
        return WireError("the other side took too long")
    return WireError(f"the connection broke: {type(error).__name__}")


def encode(message: object) -> bytes:
    """Encode a message as ASCII JSON; NaN and infinity are refused."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode()


def decode(payload: bytes) -> Any:
    """Decode plain JSON: UTF-8, no NaN, no key twice, no depth or number that breaks the parser.

    Raises:
        WireError: It is something else.
    """
    try:
        text = payload.decode()
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_key_twice)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not plain JSON: {type(error).__name__}") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key appears twice")
    return table
