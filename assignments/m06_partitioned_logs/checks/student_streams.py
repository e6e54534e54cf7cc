"""Gives your code separate streams for sys.stdout and sys.stderr, and restores pytest's after."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator

_copies: dict[int, int] = {}
_given: list[io.TextIOWrapper] = []
"""All streams that your code was given. They are never freed, because a thread of yours may still
print to one: up to Python 3.13, that would crash the process if the stream had been freed."""


@contextlib.contextmanager
def own_streams() -> Iterator[None]:
    """Let your code reconfigure, wrap, detach or close sys.stdout and sys.stderr.

    Without this, your code would change pytest's streams, and all later checks would fail with
    "I/O operation on closed file".
    """
    with contextlib.ExitStack() as restore:
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            before = getattr(sys, name)
            encoding = getattr(before, "encoding", None) or "utf-8"
            stream = _stream_to(descriptor, encoding)
            restore.callback(_put_back, name, before, getattr(sys, f"__{name}__"))
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        yield


def _stream_to(descriptor: int, encoding: str) -> io.TextIOWrapper:
    """Open a text stream to a descriptor's target: pytest, or the terminal with -s."""
    buffer = os.fdopen(_copy_of(descriptor), "wb", closefd=False)
    stream = io.TextIOWrapper(buffer, encoding, errors="backslashreplace", line_buffering=True)
    _given.append(stream)
    return stream


def _copy_of(descriptor: int) -> int:
    """Copy a descriptor once. A thread that prints later still writes to its present target."""
    try:
        os.fstat(_copies[descriptor])
    except (KeyError, OSError):  # your code may have closed it
        _copies[descriptor] = os.dup(descriptor)
    return _copies[descriptor]


def _put_back(name: str, before: object, original: object) -> None:
    """Flush your code's stream, and restore pytest's."""
    with contextlib.suppress(Exception):  # your code may have put any object there
        getattr(sys, name).flush()
    setattr(sys, name, before)
    setattr(sys, f"__{name}__", original)
