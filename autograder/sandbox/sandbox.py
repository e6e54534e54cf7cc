"""The grader's side of the sandbox: start it, call functions in it, replace it when it breaks."""

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from autograder.errors import SandboxError
from autograder.limits import Limits
from autograder.sandbox.inside.vocabulary import StopReason
from autograder.sandbox.inside.wire import WireError, encode
from autograder.sandbox.interpreter import Interpreter, this_interpreter
from autograder.sandbox.outcomes import CallResult, MissingModule, Stopped, Usage, read_result
from autograder.sandbox.processes import SandboxProcesses
from autograder.sandbox.runner_process import RunnerProcess

GRACE_SECONDS = 20.0
"""How long the runner has beyond a call's wall time to end the call itself, before it is ended
with it: on a machine that is busy with many others."""


class Sandbox:
    """Calls a submission's functions in a sandbox.

    Args:
        submission: Folder with the student's modules.
        limits: The budgets of a call, unless it is given others.
        confined: False runs the same runner without walls, for code that is trusted.
        interpreter: What runs them; by default the Python that runs this.
        preload: A module whose `preload(clock)` the runner calls once, before the first call, and
            whose folder it is shown: what is imported and set up there, each call inherits.
    """

    def __init__(
        self,
        submission: Path,
        limits: Limits,
        *,
        confined: bool = True,
        interpreter: Interpreter | None = None,
        preload: Path | None = None,
    ) -> None:
        self._submission = submission
        self._limits = limits
        self._interpreter = interpreter or this_interpreter()
        self._confined = confined
        self._preload = preload
        self.grace_seconds = GRACE_SECONDS
        self._on_start: list[Callable[[socket.socket], None]] = []
        self._runner: RunnerProcess | None = None
        self._lock = threading.Lock()
        self._calling = False
        self._stop_reason: StopReason | None = None

    def start(self) -> None:
        """Start the runner and take its listening socket; it makes itself ready meanwhile.

        Raises:
            SandboxError: No sandbox can be had here.
        """
        self._runner = RunnerProcess(
            self._submission, self._interpreter, confined=self._confined, preload=self._preload
        )
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
    def processes(self) -> SandboxProcesses | None:
        """Its processes; None without walls, where they cannot be told from others."""
        return self._running().processes

    def is_at_work(self) -> bool:
        """Tell whether a thread of the call under way could go on without an answer from outside.

        Without walls, nobody can tell: then no thread is at work.
        """
        processes = self._runner.processes if self._runner is not None else None
        return processes is not None and processes.are_at_work()

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
        arguments there, and the result is the list of all values.

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

    def _ready(self) -> RunnerProcess:
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

    def _running(self) -> RunnerProcess:
        if self._runner is None:
            self.start()
            assert self._runner is not None
        return self._runner
