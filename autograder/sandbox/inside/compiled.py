"""Compiles the student's modules once; each call then loads what was compiled.

A separate process compiles them, and runs nothing of them: it may run out of time or memory, or
crash, and what it has not compiled by then is compiled in each call, as usual. The runner keeps the
compiled modules as bytes; only the processes of calls read them.
"""

import marshal
import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import NoReturn

from . import wire

COMPILING_SECONDS = 2
"""Processor time, and twice as much by the clock: a hundred usual files take 0.1 s."""
MOST_MEMORY = 512 << 20
LARGEST = 8 << 20
"""Bytes of one compiled module, and of all together."""


class Compiler:
    """Begins to compile the modules of a folder, next to what else the runner prepares.

    Args:
        folder: The submission.
    """

    def __init__(self, folder: str) -> None:
        self._end = time.monotonic() + 2 * COMPILING_SECONDS
        self._connection, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            self._connection.close()
            _compile(folder, theirs)
        theirs.close()

    def install(self) -> None:
        """Let imports take what was compiled. Only this process and its children see it."""
        _load_from(dict(self._compiled()))
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._connection.close()

    def _compiled(self) -> Iterator[tuple[str, bytes]]:
        left = LARGEST
        try:
            while left > 0:
                path = wire.receive_frame(self._connection, left, self._end)
                content = wire.receive_frame(self._connection, left, self._end)
                left -= len(content)
                yield path.decode("utf-8", "surrogateescape"), content
        except wire.WireError:
            return  # that was all, or it takes too long


def _compile(folder: str, connection: socket.socket) -> NoReturn:
    """Compile each module, send its path and its code, and end the process."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (COMPILING_SECONDS, COMPILING_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        for path in sorted(Path(folder).rglob("*.py")):
            try:
                code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
            except Exception:  # noqa: S112 - each call finds the mistake itself, and reports it
                continue
            wire.send_frame(connection, os.fsencode(path))
            wire.send_frame(connection, marshal.dumps(code))
    finally:
        os._exit(0)


def _load_from(compiled: dict[str, bytes]) -> None:
    """Let imports load these modules, by path, instead of compiling them."""
    compile_source = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        content = compiled.get(self.path)
        if content is None:
            return compile_source(self, fullname)
        code: CodeType = marshal.loads(content)  # noqa: S302 - in the sandbox, as what it compiles
        return code

    setattr(SourceFileLoader, "get_code", get_code)  # noqa: B010 - a replacement, not a method
