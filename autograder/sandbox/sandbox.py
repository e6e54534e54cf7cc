"""The grader's side of the sandbox: start it, call functions in it, replace it when it breaks."""

import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from autograder.errors import SandboxError
from autograder.limits import Limits
from autograder.sandbox import bubblewrap
from autograder.sandbox.inside.runner import PACKAGE
from autograder.sandbox.inside.vocabulary import StopReason
from autograder.sandbox.inside.wire import WireError, decode, encode, receive_frame, send_frame
from autograder.sandbox.interpreter import Interpreter, this_interpreter
from autograder.sandbox.memory import SAMPLE_SECONDS, SandboxMemory, as_likeliest_victim
from autograder.sandbox.outcomes import CallResult, MissingModule, Stopped, Usage, read_result
from autograder.sandbox.system_calls import filter_file

STARTING_SECONDS = 60.0
GRACE_SECONDS = 20.0
ENDING_SECONDS = 10.0
STOPPING_SECONDS = 1.0
"""How long the runner has to end a call that holds too much memory, before it is ended with it."""
PORT = 4566
MAX_REPORT = 64 << 10


class Sandbox:
    """A submission's functions, called in a sandbox of their own.

    Args:
        submission: Folder with the student's modules.
        limits: The budgets of a call, unless it is given others.
        confined: False runs the same runner without walls, for code that is trusted.
        interpreter: What runs them; by default the Python that runs this.
    """

    def __init__(
        self,
        submission: Path,
        limits: Limits,
        *,
        confined: bool = True,
        interpreter: Interpreter | None = None,
    ) -> None:
        self._submission = submission
        self._limits = limits
        self._interpreter = interpreter or this_interpreter()
        self._confined = confined
        self.grace_seconds = GRACE_SECONDS
        self._on_start: list[Callable[[socket.socket], None]] = []
        self._runner: _Runner | None = None
        self._lock = threading.Lock()
        self._calling = False
        self._stop_reason: StopReason | None = None

    def start(self) -> None:
        """Start the runner and take its listening socket; boto3 warms up meanwhile.

        Raises:
            SandboxError: No sandbox can be had here.
        """
        self._runner = _Runner(self._submission, self._interpreter, confined=self._confined)
        for serve in self._on_start:
            serve(self._runner.listener)

    @property
    def listener(self) -> socket.socket:
        """The socket that listens at the endpoint which the student's code knows."""
        return self._running().listener

    @property
    def pid(self) -> int:
        """The process that holds the sandbox."""
        return self._running().pid

    @property
    def memory(self) -> SandboxMemory | None:
        """What its processes hold; None without walls, where nothing bounds it."""
        return self._running().memory

    def on_start(self, serve: Callable[[socket.socket], None]) -> None:
        """Have the listening socket passed on: that of the runner which is there, and of others."""
        self._on_start.append(serve)
        if self._runner is not None:
            serve(self._runner.listener)

    def call(
        self,
        module: str,
        function: str,
        args: list[Any],
        kwargs: dict[str, Any],
        limits: Limits | None = None,
        again: Sequence[list[Any]] = (),
    ) -> CallResult:
        """Call a function and tell how it ended. Never waits without a limit.

        With `again`, the function is called once more in the same process for each list of
        arguments there, and what is returned is the list of all values.

        The runner is started where there is none; a module that is missing needs none.

        Raises:
            SandboxError: A runner could not be started: the grader's fault.
        """
        if not (self._submission / f"{module}.py").is_file():
            return MissingModule(module)
        limits = limits or self._limits
        runner = self._ready()
        with self._lock:
            self._calling, self._stop_reason = True, None
        request = {
            "module": module,
            "function": function,
            "args": args,
            "kwargs": kwargs,
            "again": list(again),
            "limits": limits.model_dump(),
        }
        result: CallResult
        is_sound = True
        try:
            report, answer = runner.ask(encode(request), limits, self.grace_seconds, self.stop)
            result = read_result(report, answer, module, function, limits.return_kib << 10)
        except WireError:
            result, is_sound = Stopped(StopReason.RUNNER_DIED, Usage()), False
        with self._lock:
            self._calling = False
            if self._stop_reason is not None:
                if isinstance(result, Stopped):
                    result = replace(result, reason=self._stop_reason, number=0)
                else:  # its answer came at the same time
                    result = Stopped(self._stop_reason, Usage())
        if not is_sound or (isinstance(result, Stopped) and not runner.is_alive()):
            runner.close()
            self._runner = None
        return result

    def stop(self, reason: StopReason) -> None:
        """End the call under way, from any thread; it is then `Stopped(reason)`."""
        with self._lock:
            if not self._calling or self._stop_reason is not None or self._runner is None:
                return
            self._stop_reason = reason
            self._runner.send_stop()

    def close(self) -> None:
        """End the runner and everything in its sandbox."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ready(self) -> "_Runner":
        """Give a warm runner; one that dies before it ever ran student code is replaced once."""
        try:
            runner = self._running()
            runner.wait_until_ready()
        except SandboxError:
            self.close()
            runner = self._running()
            try:
                runner.wait_until_ready()
            except SandboxError:
                self.close()
                raise
        return runner

    def _running(self) -> "_Runner":
        if self._runner is None:
            self.start()
            assert self._runner is not None
        return self._runner


class _Runner:
    """One process behind the walls, and the connection to it."""

    def __init__(self, submission: Path, interpreter: Interpreter, *, confined: bool) -> None:
        self._interpreter = interpreter
        self._ready = False
        self._scratch: Path | None = None
        self._first: int | None = None
        """Descriptor of the first process in the sandbox, with which all others end."""
        self.memory: SandboxMemory | None = None
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
                self.memory = SandboxMemory.of(self._first)
            except OSError as error:
                self.close()
                raise SandboxError(f"the sandbox's memory cannot be seen: {error}") from None

    def wait_until_ready(self) -> None:
        """Wait until boto3 is imported.

        Raises:
            SandboxError: It did not come up.
        """
        if self._ready:
            return
        try:
            ready = decode(receive_frame(self._control, 64, time.monotonic() + STARTING_SECONDS))
        except WireError:
            raise self._failure() from None
        if ready != {"ready": True}:
            raise self._failure()
        self._ready = True

    def ask(
        self, request: bytes, limits: Limits, grace: float, stop: Callable[[StopReason], None]
    ) -> tuple[bytes, bytes]:
        """Send a request; return the runner's report and the child's answer.

        Args:
            request: What to call, encoded.
            limits: The call's.
            grace: Seconds that the runner has beyond the limit, to end the call itself.
            stop: Called when the processes of the call hold too much together.

        Raises:
            WireError: The runner broke off, or took too long.
        """
        end = time.monotonic() + limits.wall_seconds + min(grace, limits.wall_seconds)
        send_frame(self._control, request, end)
        if self.memory is not None:
            poll = select.poll()
            poll.register(self._control, select.POLLIN)
            while not poll.poll(SAMPLE_SECONDS * 1000) and time.monotonic() < end:
                if self.memory.is_above(limits.memory_total_mib << 20):
                    stop(StopReason.MEMORY)
                    end = min(end, time.monotonic() + STOPPING_SECONDS)
                    break
        report = receive_frame(self._control, MAX_REPORT, end)
        answer = receive_frame(self._control, ((limits.return_kib << 10) * 6) + (256 << 10), end)
        return report, answer

    def send_stop(self) -> None:
        """Ask the runner to end the call under way."""
        try:
            send_frame(self._control, b'{"stop":true}')
        except WireError:
            return  # the runner is gone; whoever waits for it will notice

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
        options = ["--control", str(control)]
        if filter_ is not None:
            walls = bubblewrap.sandbox_command(
                bubblewrap.find_bubblewrap(), submission, filter_, self._interpreter
            )
            start = bubblewrap.runner_command(self._interpreter)
            inside = [*start, *options, "--port", str(PORT)]
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
            str(runner / "runner.py"), *options, "--port", "0",
            "--submission", str(submission), "--scratch", str(scratch), "--runtime", str(runtime),
        ], bubblewrap.environment() | {"HOME": str(scratch)}  # fmt: skip

    def _failure(self) -> SandboxError:
        """Say why no runner came up, with the last line it printed."""
        self._process.kill()
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read(65536).decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1][:300] if lines else f"exit code {self._process.returncode}"
        self._control.close()
        return SandboxError(f"the sandbox did not start: {reason}")
