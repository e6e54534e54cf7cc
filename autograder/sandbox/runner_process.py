"""One runner: a process behind the walls, the socket it listens on, and the connection to it."""

import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import IO

from autograder.errors import SandboxError
from autograder.limits import Limits
from autograder.sandbox import bubblewrap
from autograder.sandbox.inside.runner import PACKAGE
from autograder.sandbox.inside.vocabulary import StopReason
from autograder.sandbox.inside.wire import WireError, decode, receive_frame, send_frame
from autograder.sandbox.interpreter import Interpreter
from autograder.sandbox.processes import (
    SAMPLE_SECONDS,
    ProcessorTime,
    SandboxProcesses,
    as_likeliest_victim,
)
from autograder.sandbox.system_calls import filter_file

STARTING_SECONDS = 60.0
"""For a runner to come up: many times what a busy machine needs to import boto3."""
ENDING_SECONDS = 10.0
"""For the kernel to end all processes of a sandbox."""
STOPPING_SECONDS = 1.0
"""How long the runner has to end a call that uses too much, before it is ended with it."""
PORT = 4566
"""Where student code finds AWS. LocalStack's port: those who know it recognize it."""
MAX_REPORT = 64 << 10
"""Bytes; a report has about a hundred."""
OTHER_BYTES = 256 << 10
"""What an answer holds in addition to the value; more than the runner lets through."""
MAX_REASON = 300
"""Characters of what a runner that did not come up printed last."""


class RunnerProcess:
    """Starts a runner.

    Args:
        submission: Folder with the student's modules.
        interpreter: What runs them.
        confined: False starts the same runner without walls.
        preload: A module that prepares the runner; None for none.

    Raises:
        SandboxError: It did not start.
    """

    def __init__(
        self,
        submission: Path,
        interpreter: Interpreter,
        *,
        confined: bool,
        preload: Path | None,
    ) -> None:
        self._interpreter = interpreter
        self._preload = preload
        self._is_ready = False
        self._scratch: Path | None = None
        self._first: int | None = None
        """Descriptor of the first process in the sandbox, with which all others end."""
        self.processes: SandboxProcesses | None = None
        self._control, inside = socket.socketpair()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the runner
        with inside, filter_file() if confined else nullcontext() as filter_:
            descriptors = [inside.fileno(), *([filter_.fileno()] if filter_ else [])]
            command, environment = self._command(submission, *descriptors)
            try:
                self._process = subprocess.Popen(
                    command,
                    env=environment,
                    pass_fds=descriptors,
                    stdin=subprocess.DEVNULL,
                    stdout=self._errors,
                    stderr=self._errors,
                )
            except OSError as error:
                raise SandboxError(f"the sandbox could not be started: {error}") from None
        self._control.settimeout(STARTING_SECONDS)
        try:
            data, received, _, _ = socket.recv_fds(self._control, 1, 2)
        except OSError:
            data, received = b"", []
        if data != b"L" or len(received) != (2 if confined else 1):
            raise self._failure()
        self.listener = socket.socket(fileno=received[0])
        if confined:
            self._first = received[1]
            try:
                self.processes = SandboxProcesses.of(self._first)
            except OSError as error:
                self.close()
                raise SandboxError(f"the sandbox's memory cannot be seen: {error}") from None

    def wait_until_ready(self) -> None:
        """Wait until the runner has preloaded its module.

        Raises:
            SandboxError: It did not come up.
        """
        if self._is_ready:
            return
        try:
            ready = decode(receive_frame(self._control, 64, time.monotonic() + STARTING_SECONDS))
        except WireError:
            raise self._failure() from None
        if ready != {"ready": True}:
            raise self._failure()
        self._is_ready = True

    def ask(
        self, request: bytes, limits: Limits, grace: float, stop: Callable[[StopReason], None]
    ) -> tuple[bytes, bytes]:
        """Send a request; return the runner's report and the child's answer.

        Args:
            request: What to call, encoded.
            limits: The call's.
            grace: Seconds that the runner has beyond the limit, to end the call itself.
            stop: Called when the processes of the call use too much together.

        Raises:
            WireError: The runner broke off, or took too long.
        """
        end = time.monotonic() + limits.wall_seconds + min(grace, limits.wall_seconds)
        spent = ProcessorTime(self.processes) if self.processes is not None else None
        send_frame(self._control, request, end)
        if spent is not None:
            poll = select.poll()
            poll.register(self._control, select.POLLIN)
            pause = min(SAMPLE_SECONDS, limits.cpu_seconds)
            while not poll.poll(pause * 1000) and time.monotonic() < end:
                if spent.processes.is_above(limits.memory_total_mib << 20):
                    reason = StopReason.MEMORY
                elif spent.is_above(limits.cpu_seconds):
                    reason = StopReason.CPU
                else:
                    continue
                stop(reason)
                end = min(end, time.monotonic() + STOPPING_SECONDS)
                break
        report = receive_frame(self._control, MAX_REPORT, end)
        # JSON may need six bytes for a character.
        limit = (limits.return_kib << 10) * 6 + OTHER_BYTES
        answer = receive_frame(self._control, limit, end)
        return report, answer

    def send_stop(self) -> None:
        """Ask the runner to end the call under way."""
        try:
            send_frame(self._control, b'{"stop":true}')
        except WireError:
            return  # the runner is gone; the call that waits for it notices

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Tell whether the process is still there."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process; in a sandbox, all others with it."""
        self._control.close()
        if hasattr(self, "listener"):
            self.listener.close()
        if self._first is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
            select.select([self._first], [], [], ENDING_SECONDS)
            os.close(self._first)
            self._first = None
        self._process.kill()
        self._process.wait()
        self._errors.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _command(
        self, submission: Path, control: int, filter_: int | None = None
    ) -> tuple[list[str], dict[str, str]]:
        """Write the command that starts the runner, and its environment."""
        if filter_ is not None:
            walls = bubblewrap.sandbox_command(
                bubblewrap.find_bubblewrap(),
                submission,
                filter_,
                self._interpreter,
                preload=self._preload,
            )
            start = bubblewrap.runner_command(self._interpreter, preload=self._preload)
            inside = [*start, "--control", str(control), "--port", str(PORT)]
            return as_likeliest_victim([*walls, *inside]), {}
        self._scratch = Path(tempfile.mkdtemp(prefix="autograder-open-"))
        runtime, scratch = self._scratch / "runtime", self._scratch / "scratch"
        runtime.mkdir()
        scratch.mkdir()
        runner = self._scratch / "runner" / PACKAGE
        runner.parent.mkdir()
        runner.symlink_to(bubblewrap.INSIDE)
        for name, path in bubblewrap.runtime_packages().items():
            (runtime / name).symlink_to(path)
        return [
            str(self._interpreter.executable), "-S", "-s", "-P",
            str(runner / "runner.py"), "--control", str(control), "--port", "0",
            "--submission", str(submission), "--scratch", str(scratch), "--runtime", str(runtime),
            *(["--preload", str(self._preload)] if self._preload else []),
        ], bubblewrap.environment() | {"HOME": str(scratch)}  # fmt: skip

    def _failure(self) -> SandboxError:
        """Say why no runner came up, with the last line it printed."""
        self._process.kill()
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read(65536).decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1][:MAX_REASON] if lines else f"exit code {self._process.returncode}"
        self._control.close()
        return SandboxError(f"the sandbox did not start: {reason}")
