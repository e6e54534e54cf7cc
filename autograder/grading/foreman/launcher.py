"""Starts the hidden tests: each run is a separate process, forked from a warm interpreter.

To import pytest, moto and boto3 takes longer than a run, so they are imported once. When the
process that grades ends, even by a signal, the interpreter and the run under way end too.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from autograder.errors import AutograderError

OUTPUT = "output.txt"
WARM = b"warm"
RUN = b"r"
END = b"end"
"""What the grader and the warm interpreter say to each other; the connection of a run goes with the
second, and carries its order, the third if it takes too long, and its exit code."""
PRELOAD = (
    "autograder.grading.foreman.plugin",
    "autograder.grading.foreman.session",
    "autograder.grading.judge.verdict",
    "autograder.notebook.answers",
    "pytest_jsonreport.plugin",
    "pytest_metadata.plugin",
)
"""What a run imports; pytest loads its plugins by their names."""
STARTING_SECONDS = 120.0
"""To import everything takes two seconds; much longer on a machine that is overloaded."""
ENDING_SECONDS = 60.0
"""How long to wait for a run to end that was killed."""
OUTPUT_TAIL = 4000
"""Characters of what pytest printed that are kept, from its end."""


@dataclass(frozen=True)
class RunExit:
    """How a run ended."""

    exit_code: int | None
    """Negative if a signal ended it; None if it did not end in time, or nobody knows."""
    output: str
    """The end of what it printed, for the instructor."""
    is_lost: bool = False
    """The warm interpreter ended, so nobody knows how the run did. Student code cannot do that."""


class Launcher:
    """A warm interpreter. Several threads may run suites with it at the same time."""

    def __init__(self) -> None:
        self._is_closed = False
        self._starting = threading.Lock()
        self._start()

    def _start(self) -> None:
        self._is_warm = False
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "autograder.grading.foreman.launcher",
                    str(theirs.fileno()),
                ],
                env=_environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def run(self, arguments: Sequence[str], folder: Path, seconds: float) -> RunExit:
        """Run pytest once.

        Args:
            arguments: Of pytest's command line.
            folder: Where it runs and keeps what it prints. It is removed if the grader is killed
                meanwhile, so nothing else may be in it.
            seconds: How long it may take.

        Raises:
            AutograderError: The interpreter does not start, or was closed meanwhile.
        """
        order = json.dumps({"arguments": list(arguments), "folder": str(folder)})
        with self._starting:
            self._warm_up()
            control, process = self._control, self._process
        try:
            connection, theirs = socket.socketpair()
            with connection:
                with theirs:
                    socket.send_fds(control, [RUN], [theirs.fileno()])
                connection.sendall(order.encode() + b"\n")
                code = _wait_for(connection, seconds)
            return RunExit(code, _end_of(folder / OUTPUT))
        except (OSError, ValueError):  # the connection is broken, or says nothing more
            ended = self._start_again(process)
            why = f"the process that starts the hidden tests ended ({ended})\n"
            return RunExit(None, why + _end_of(folder / OUTPUT), is_lost=True)

    def _start_again(self, process: "subprocess.Popen[bytes]") -> int:
        """End an interpreter and start another, unless this has been done; return its exit code."""
        with self._starting:
            if process is not self._process:
                return process.returncode
            code = self._end()
            if not self._is_closed:
                self._start()
            if self._is_closed:  # by another thread, which may have seen the first one only
                self._end()
                raise AutograderError("grading was interrupted") from None
            return code

    def _warm_up(self) -> None:
        """Wait until everything is imported."""
        if self._is_warm:
            return
        self._control.settimeout(STARTING_SECONDS)
        try:
            self._is_warm = self._control.recv(len(WARM)) == WARM
        except OSError:
            self._is_warm = False
        if not self._is_warm:
            raise AutograderError(
                "the process that runs the hidden tests does not start: run `autograder doctor`"
            )

    def close(self) -> None:
        """End the interpreter, and the run under way; any thread may do it, more than once."""
        self._is_closed = True
        self._end()

    def _end(self) -> int:
        # In this order: a process that finds its connection broken would print a traceback.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        self._control.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _environment() -> dict[str, str]:
    """Return an environment without tokens, and without settings of pytest or AWS.

    moto asks boto3 for the regions when a request names another account, and boto3 would read the
    settings and keys below HOME then.
    """
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    return {
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _end_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")[-OUTPUT_TAIL:]
    except OSError:
        return ""


def _wait_for(connection: socket.socket, seconds: float) -> int | None:
    """Return a run's exit code; None if it did not end in time, and was ended.

    Raises:
        OSError: The interpreter has ended, or does not answer.
        ValueError: The interpreter has ended.
    """
    connection.settimeout(seconds)
    try:
        return int(connection.recv(64))
    except TimeoutError:
        with contextlib.suppress(OSError):  # it has just ended
            connection.sendall(END)
        connection.settimeout(ENDING_SECONDS)
        connection.recv(64)
        return None


@dataclass(frozen=True)
class _Run:
    """A run under way, as the warm interpreter knows it."""

    pid: int
    connection: socket.socket
    """To who asked for it."""
    alive: int
    """A pipe that ends with the process."""


def serve(control: socket.socket) -> None:
    """Be the warm interpreter: fork a child for each run until the socket closes."""
    _import_all()
    control.sendall(WARM)
    runs: dict[int, _Run] = {}
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        # One at a time: a descriptor's number may be another's after the first.
        descriptor, _ = poll.poll()[0]
        if descriptor == control.fileno():
            _, received, _, _ = socket.recv_fds(control, len(RUN), 1)
            if not received:
                return  # the grader is gone; runs under way end by themselves
            others = [control, *(run.connection for run in runs.values())]
            run = _fork(socket.socket(fileno=received[0]), others)
            for watched in (run.connection.fileno(), run.alive):
                runs[watched] = run
                poll.register(watched, select.POLLIN)
            continue
        run = runs[descriptor]
        if descriptor == run.alive:
            _, status = os.waitpid(run.pid, 0)
            with contextlib.suppress(OSError):  # who asked for it is gone
                run.connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
            for watched in (run.connection.fileno(), run.alive):
                runs.pop(watched, None)
                with contextlib.suppress(KeyError):
                    poll.unregister(watched)
            run.connection.close()
            os.close(run.alive)
        else:
            del runs[descriptor]
            poll.unregister(descriptor)
            if run.connection.recv(len(END)):  # else the grader is gone, and the run ends itself
                os.kill(run.pid, signal.SIGKILL)


def _fork(connection: socket.socket, others: Sequence[socket.socket]) -> _Run:
    """Start a run; it keeps none of the other connections, whose ends tell something."""
    with connection.makefile("rb") as orders:
        order = json.loads(orders.readline() or "null")
    alive, end = os.pipe()
    pid = os.fork()
    if pid == 0:
        for other in others:
            other.close()
        if order is not None:  # else the grader is gone
            _run(order["arguments"], Path(order["folder"]), connection)
        os._exit(1)
    os.close(end)
    return _Run(pid, connection, alive)


def _import_all() -> None:
    """Import what a run needs, so that its fork has it already."""
    gc.disable()  # what is imported stays
    import _pytest.config

    from autograder.aws.simulated import warm_up
    from autograder.sandbox.bubblewrap import runtime_packages

    for name in (*(f"_pytest.{name}" for name in _pytest.config.default_plugins), *PRELOAD):
        importlib.import_module(name)
    warm_up()
    runtime_packages()  # what it finds is kept, and is the same for each run
    # Else a fork's collector would write to each object that it inherits, and copy its page.
    gc.freeze()
    gc.enable()


def _run(arguments: list[str], folder: Path, connection: socket.socket) -> NoReturn:
    """Run pytest in this process, and end it."""
    import pytest

    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        os.chdir(folder)
        with (folder / OUTPUT).open("wb") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        threading.Thread(target=_end_with, args=(connection, folder), daemon=True).start()
        code = int(pytest.main(arguments))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _end_with(connection: socket.socket, folder: Path) -> None:
    """End this process once the grader is gone, and remove its folder: nobody else would."""
    poll = select.poll()
    poll.register(connection, select.POLLHUP)
    poll.poll()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
