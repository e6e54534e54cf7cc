"""The sandbox's first process: hands out its listening socket, makes ready, forks for every call.

Started as a script, with the descriptor of the control connection. It reads one request at a time,
forks a child for it, and reports how the child ended. It never parses what the child answers.
"""

import argparse
import ctypes
import gc
import importlib
import importlib.util
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
CAPABILITY_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3 of linux/capability.h
WHOLE = "each wall is there"
PACKAGE = "_sandbox_runner"
"""The name of this file's folder in the sandbox. The runner takes no other name: a student may call
a helper `runner`, `child` or `wire`."""
DESCRIPTORS = 1024
"""More than the runner ever has open: common systems limit it to this number."""


def _own(name: str) -> Any:
    """Import a module from this file's folder, as part of the package that it is in here."""
    return importlib.import_module(f"{PACKAGE}.{name}")


def _run_file(path: str) -> Any:
    """Run a module from another folder, under a name in this package, which students cannot use."""
    spec = importlib.util.spec_from_file_location(f"{PACKAGE}.{Path(path).stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Set up the process, then serve requests until the grader hangs up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--control", type=int)
    parser.add_argument("--port", type=int)
    parser.add_argument("--submission", required=True)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--runtime")
    parser.add_argument("--preload")
    parser.add_argument("--uid", type=int)
    parser.add_argument("--confined", action="store_true")
    parser.add_argument("--check", action="store_true", help="look at the walls, and end")
    options = parser.parse_args()
    sys.path.append(str(Path(__file__).parents[1]))
    if options.check:
        _drop_to(options.uid)
        _harden()
        _look_at_walls(options.submission, options.scratch)
        sys.stdout.write(WHOLE)
        return
    control = socket.socket(fileno=options.control)
    control.set_inheritable(False)
    listener = socket.create_server(("127.0.0.1", options.port), backlog=128)
    port = listener.getsockname()[1]
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}"
    descriptors = [listener.fileno()]
    if options.confined:  # the grader cannot name a process of another namespace otherwise
        descriptors.append(os.pidfd_open(os.getpid()))
    socket.send_fds(control, [b"L"], descriptors)
    for descriptor in descriptors[1:]:
        os.close(descriptor)
    listener.close()
    _drop_to(options.uid)
    if options.confined:
        _harden()
        _look_at_walls(options.submission, options.scratch, options.preload)
    sys.path[:] = [options.submission, *sys.path[:-1], options.runtime, sys.path[-1]]
    runner = Runner(control, options.submission, options.scratch, confined=options.confined)
    runner.make_ready(options.preload)
    runner.serve()


def _drop_to(uid: int | None) -> None:
    """Become an ordinary user, where the sandbox was started by root."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def _look_at_walls(submission: str, scratch: str, preload: str | None = None) -> None:
    """End here if one of the walls is missing."""
    read_only = ["/", "/dev", submission, str(Path(__file__).parent)]
    if preload is not None:
        read_only.append(str(Path(preload).parent))
    for missing in _own("walls").missing_walls(read_only, scratch):
        sys.exit(f"half a sandbox is none: {missing}")


def _harden() -> None:
    """Give up every capability, and keep children of the same user from tracing this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    if libc.capset(header, bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


class Runner:
    """Serves calls, one at a time."""

    def __init__(
        self, control: socket.socket, submission: str, scratch: str, *, confined: bool
    ) -> None:
        self._child = _own("child")
        self._wire = _own("wire")
        self._running_call = _own("running_call")
        self._control = control
        self._submission = submission
        self._scratch = scratch
        self._confined = confined
        self._wakeup, wakeup_end = socket.socketpair()
        self._wakeup.setblocking(False)
        wakeup_end.setblocking(False)
        self._wakeup_end = wakeup_end
        # The first process of a sandbox gets only the signals that it has a handler for.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakeup_end.fileno(), warn_on_full_buffer=False)
        self._virtual_clock = _own("virtual_clock")
        self._virtual_waiting = _own("virtual_waiting")
        self._clock = self._virtual_clock.VirtualClock()

    def make_ready(self, preload: str | None) -> None:
        """Put virtual time in force, then run a module that prepares what each call inherits.

        In this order: what is imported afterwards takes the virtual functions for Python's own.
        """
        compiler = _own("compiled").Compiler(self._submission)
        self._virtual_clock.install(self._clock)
        self._virtual_waiting.install(self._clock)
        gc.disable()  # what is imported stays
        if preload is not None:
            _run_file(preload).preload(self._clock)
        compiler.install()
        # Else a child's collector would write to each object that it inherits, and copy its page.
        gc.freeze()
        gc.enable()

    def serve(self) -> None:
        """Say that the runner is ready, then answer requests."""
        self._wire.send_frame(self._control, b'{"ready":true}')
        while True:
            try:
                frame = self._wire.receive_frame(self._control, self._running_call.MAX_REQUEST)
                request = self._wire.decode(frame)
            except (self._wire.WireError, OSError):
                return
            if "stop" not in request:  # a stop that came too late
                self._do(request)

    def _do(self, request: dict[str, Any]) -> None:
        call = self._fork(request)
        call.watch(self._control, self._wakeup, request["limits"])
        call.sweep(self._scratch)
        report = self._wire.encode(call.report(request["limits"]))
        self._wire.send_frame(self._control, report)
        self._wire.send_frame(self._control, bytes(call.answer))

    def _fork(self, request: dict[str, Any]) -> Any:
        answer_read, answer_write = os.pipe()
        output_read, output_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                signal.set_wakeup_fd(-1)
                os.setsid()
                null = os.open(os.devnull, os.O_RDONLY)
                for source, target in ((null, 0), (output_write, 1), (output_write, 2)):
                    os.dup2(source, target)
                high = os.dup(answer_write)
                os.dup2(high, self._child.ANSWER)
                os.closerange(self._child.ANSWER + 1, DESCRIPTORS)
                self._child.run(
                    request, self._clock, self._submission, self._scratch, confined=self._confined
                )
            finally:
                os._exit(os.EX_SOFTWARE)
        os.close(answer_write)
        os.close(output_write)
        return self._running_call.RunningCall(
            pid, answer_read, output_read, confined=self._confined
        )


if __name__ == "__main__":
    main()
