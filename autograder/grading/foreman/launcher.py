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
from typing import Self

from autograder.errors import AutograderError

OUTPUT = "output.txt"
WARM = b"warm"
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
    """A warm interpreter. It runs one suite at a time: to grade in parallel, make several."""

    def __init__(self) -> None:
        self._is_closed = False
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
        self._warm_up()
        order = json.dumps({"arguments": list(arguments), "folder": str(folder)})
        self._control.settimeout(seconds)
        try:
            self._control.sendall(order.encode() + b"\n")
            return RunExit(int(self._control.recv(64)), _end_of(folder / OUTPUT))
        except TimeoutError:
            self._start_again()
            return RunExit(None, _end_of(folder / OUTPUT))
        except (OSError, ValueError):  # the connection is broken, or says nothing more
            code = self._start_again()
            why = f"the process that starts the hidden tests ended ({code})\n"
            return RunExit(None, why + _end_of(folder / OUTPUT), is_lost=True)

    def _start_again(self) -> int:
        """End the interpreter and start another; return the exit code of the first."""
        code = self._end()
        if self._is_closed:
            raise AutograderError("grading was interrupted") from None
        self._start()
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


def serve(control: socket.socket) -> None:
    """Be the warm interpreter: fork one child for each request until the socket closes."""
    _import_all()
    control.sendall(WARM)
    with control.makefile("rb") as orders:
        while line := orders.readline():
            order = json.loads(line)
            pid = os.fork()
            if pid == 0:
                _run(order["arguments"], Path(order["folder"]), control)
            _, status = os.waitpid(pid, 0)
            control.sendall(str(os.waitstatus_to_exitcode(status)).encode())


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


def _run(arguments: list[str], folder: Path, control: socket.socket) -> None:
    """Run pytest in this process, and end it."""
    import pytest

    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        os.chdir(folder)
        with (folder / OUTPUT).open("wb") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        threading.Thread(target=_end_with, args=(control, folder), daemon=True).start()
        code = int(pytest.main(arguments))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _end_with(control: socket.socket, folder: Path) -> None:
    """End this process once the grader is gone, and remove its folder: nobody else would."""
    poll = select.poll()
    poll.register(control, select.POLLHUP)
    poll.poll()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
