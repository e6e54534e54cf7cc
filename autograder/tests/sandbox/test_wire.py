"""Frames between the grader and the runner are complete or refused, within a time limit."""

import json
import math
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.sandbox.inside.wire import WireError, decode, encode, receive_frame, send_frame

Pair = tuple[socket.socket, socket.socket]

bounded = settings(max_examples=200, derandomize=True, deadline=None)

plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Connect two sockets."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def soon() -> float:
    """Return a moment a little ahead."""
    return time.monotonic() + 0.3


@bounded
@given(st.lists(st.binary(max_size=300), max_size=4), st.integers(1, 200))
def test_frames_are_complete_however_they_are_split(payloads: list[bytes], cut: int) -> None:
    """Pieces of any size are joined to the frames that were sent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for payload in payloads:
            send_frame(theirs, payload)
        raw = ours.recv(1 << 20) if payloads else b""
        for start in range(0, len(raw), cut):
            theirs.sendall(raw[start : start + cut])

        received = [receive_frame(ours, 300, soon()) for _ in payloads]

    assert received == payloads


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"\x00\x00\x00",
        b"\x00\x00\x00\x05",
        b"\x00\x00\x00\x05four",
        b"\x00\x00\x01\x01" + b"x" * 257,
        b"\xff\xff\xff\xff",
    ],
)
def test_a_frame_that_is_cut_off_or_too_large_is_refused(pair: Pair, raw: bytes) -> None:
    """The size alone is enough to refuse it; no memory is reserved."""
    ours, theirs = pair
    theirs.sendall(raw)
    theirs.close()

    with pytest.raises(WireError):
        receive_frame(ours, 256, soon())


def test_a_size_beyond_the_limit_is_refused_immediately(pair: Pair) -> None:
    """It does not wait for the other side to send more or hang up."""
    ours, theirs = pair
    theirs.sendall(b"\x00\x00\x01\x01")

    with pytest.raises(WireError, match="257 bytes"):
        receive_frame(ours, 256)


@pytest.mark.parametrize("sent", [b"", b"\x00\x00\x00\x05"])
def test_a_silent_runner_is_not_waited_for_too_long(pair: Pair, sent: bytes) -> None:
    """It may stop before a frame or within a frame."""
    ours, theirs = pair
    theirs.sendall(sent)

    with pytest.raises(WireError, match="too long"):
        receive_frame(ours, 256, soon())


def test_a_dribbling_runner_is_not_waited_for_too_long(pair: Pair) -> None:
    """A byte now and then does not extend the time."""
    ours, theirs = pair
    done = threading.Event()

    def dribble() -> None:
        theirs.sendall(b"\x00\x00\xff\xff")
        while not done.wait(0.02):
            theirs.sendall(b"x")

    thread = threading.Thread(target=dribble)
    thread.start()
    try:
        with pytest.raises(WireError, match="too long"):
            receive_frame(ours, 1 << 16, soon())
    finally:
        done.set()
        thread.join()


def test_a_runner_that_does_not_read_is_not_waited_for_too_long(pair: Pair) -> None:
    """The request is larger than the buffers of the connection."""
    ours, _ = pair

    with pytest.raises(WireError, match="too long"):
        send_frame(ours, bytes(16 << 20), soon())


def test_a_broken_connection_is_the_other_sides_fault(pair: Pair) -> None:
    """Sending to a closed connection fails like receiving from it."""
    ours, theirs = pair
    theirs.close()

    with pytest.raises(WireError):
        send_frame(ours, bytes(16 << 20), soon())


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b'{"a": 1, "a": 1}',
        b'[{"a": {"b": 1, "b": 2}}]',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b"\xff",
        b'"\xed\xa0\x80"',
        "{}".encode("utf-16"),
        "{}".encode("utf-32"),
        b"\xef\xbb\xbf{}",
        b"{}{}",
        b"'a'",
        b'"\x00"',
    ],
    ids=range(18),
)
def test_anything_but_plain_json_is_refused(payload: bytes) -> None:
    """Such data could break or mislead this parser or another."""
    with pytest.raises(WireError):
        decode(payload)


@bounded
@given(st.binary(max_size=200))
@example(b"1e999")
def test_any_bytes_are_decoded_or_refused(payload: bytes) -> None:
    """A refusal is a WireError, never another exception."""
    try:
        value = decode(payload)
    except WireError:
        return

    assert value == json.loads(payload.decode())


@bounded
@given(plain_values)
def test_plain_values_are_unchanged(value: Any) -> None:
    """As they were."""
    assert decode(encode(value)) == value


@pytest.mark.parametrize("value", [math.nan, [math.inf]])
def test_nan_is_not_sent(value: object) -> None:
    """NaN is not JSON, so other parsers do not know it."""
    with pytest.raises(ValueError, match="JSON"):
        encode(value)
