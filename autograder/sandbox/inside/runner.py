"""The sandbox's first process: hands out its listening socket, warms boto3, forks for every call.

Started as a script, with the descriptor of the control connection. It reads one request at a time,
forks a child for it, and reports how the child ended. It never parses what the child answers.
"""

import argparse
import contextlib
import ctypes
import importlib
import os
import select
import shutil
import signal
import socket
import stat
import struct
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
CAPABILITY_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3 of linux/capability.h
WHOLE = "each wall is there"
PACKAGE = "_sandbox_runner"
"""The name of this file's folder in the sandbox. The runner takes no other name: a student may call
a helper `runner`, `child` or `wire`."""
MAX_REQUEST = 64 << 20
MAX_LEFTOVERS = 5000
SWEEPS = 2000
REAPED_AT_ONCE = 256
SAMPLE_SECONDS = 0.25
PROCESSES_SEEN = 4096
"""Processes and threads of a call, in the order of their start, whose time is looked at."""
CPUCLOCK_SCHED = 2  # of linux/posix-timers.h: a process's clock, as clock_getcpuclockid(3) has it
wait_for_descriptors = select.select  # for real: it is replaced by a virtual one


def _own(name: str) -> Any:
    """Import a module that lies beside this file, as part of the package that they are in here."""
    return importlib.import_module(f"{PACKAGE}.{name}")


def main() -> None:
    """Set up the process, then serve requests until the grader hangs up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--control", type=int)
    parser.add_argument("--port", type=int)
    parser.add_argument("--submission", required=True)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--runtime")
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
        _look_at_walls(options.submission, options.scratch)
    sys.path[:] = [options.submission, *sys.path[:-1], options.runtime, sys.path[-1]]
    Runner(control, options.submission, options.scratch, confined=options.confined).serve()


def _drop_to(uid: int | None) -> None:
    """Become an ordinary user, where the sandbox was started by root."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def _look_at_walls(submission: str, scratch: str) -> None:
    """End here if one of the walls is missing."""
    here = str(Path(__file__).parent)
    for missing in _own("walls").missing_walls(["/", "/dev", submission, here], scratch):
        sys.exit(f"half a sandbox is none: {missing}")


def _harden() -> None:
    """Give up every capability, and keep children of the same user from tracing this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    if libc.capset(header, bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


@dataclass
class _Watch:
    """What is known of the call under way."""

    pid: int
    answer_end: int
    output_end: int
    answer: bytearray = field(default_factory=bytearray)
    printed: int = 0
    reason: str | None = None
    status: int | None = None
    imported: bool = False
    """Whether the module was imported, by the child's own account."""
    cpu_seconds: float = 0.0
    still_samples: int = 0
    """Looks in a row that found the processor time of the call's processes unchanged."""
    spent: float = -1.0
    """Their processor time at the last look."""


class Runner:
    """Serves calls, one at a time."""

    def __init__(
        self, control: socket.socket, submission: str, scratch: str, *, confined: bool
    ) -> None:
        self._child = _own("child")
        self._wire = _own("wire")
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
        virtual_clock = _own("virtual_clock")
        self._clock = virtual_clock.VirtualClock()
        virtual_clock.install(self._clock)
        _own("warm").warm()

    def serve(self) -> None:
        """Say that the runner is warm, then answer requests."""
        self._wire.send_frame(self._control, b'{"ready":true}')
        while True:
            try:
                request = self._wire.decode(self._wire.receive_frame(self._control, MAX_REQUEST))
            except (self._wire.WireError, OSError):
                return
            if "stop" not in request:  # a stop that came too late
                self._do(request)

    def _do(self, request: dict[str, Any]) -> None:
        watch = self._fork(request)
        self._watch(watch, request["limits"])
        self._sweep(watch)
        self._wire.send_frame(self._control, self._wire.encode(self._report(watch, request)))
        self._wire.send_frame(self._control, bytes(watch.answer))

    def _fork(self, request: dict[str, Any]) -> _Watch:
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
                os.closerange(self._child.ANSWER + 1, 1024)
                self._child.run(
                    request, self._clock, self._submission, self._scratch, confined=self._confined
                )
            finally:
                os._exit(70)
        os.close(answer_write)
        os.close(output_write)
        return _Watch(pid, answer_read, output_read)

    def _watch(self, watch: _Watch, limits: dict[str, Any]) -> None:
        """Wait until the child has ended, or must end."""
        end = time.monotonic() + limits["wall_seconds"]
        answer_limit = (limits["return_kib"] << 10) * 6 + 65536  # JSON may escape each character
        output_limit = limits["output_kib"] << 10
        poll = select.poll()
        for descriptor in (
            self._control.fileno(),
            self._wakeup.fileno(),
            watch.answer_end,
            watch.output_end,
        ):
            poll.register(descriptor, select.POLLIN)
        while watch.status is None:
            left = end - time.monotonic()
            if left <= 0:
                watch.reason = "wall"
                return
            happened = poll.poll(min(left, SAMPLE_SECONDS) * 1000)
            if not happened and _stands_still(watch, limits["still_seconds"]):
                watch.reason = "still"
                return
            for descriptor, _ in happened:
                if descriptor == watch.answer_end:
                    if not self._take(poll, descriptor, watch.answer):
                        continue
                    if len(watch.answer) > answer_limit:
                        del watch.answer[1:]
                        watch.reason = "exited"
                        return
                elif descriptor == watch.output_end:
                    printed = bytearray()
                    self._take(poll, descriptor, printed)
                    watch.printed += len(printed)
                    if watch.printed > output_limit:
                        watch.reason = "output"
                        return
                elif descriptor == self._control.fileno():
                    watch.reason = "stop"
                    try:
                        self._wire.receive_frame(self._control, MAX_REQUEST)
                    except (self._wire.WireError, OSError):
                        self._kill_all(watch.pid)
                        os._exit(0)
                    return
                else:
                    self._wakeup.recv(4096)
            self._reap(watch)

    def _take(self, poll: "select.poll", descriptor: int, into: bytearray) -> bool:
        part = os.read(descriptor, 1 << 16)
        if not part:
            poll.unregister(descriptor)
        into += part
        return bool(part)

    def _reap(self, watch: _Watch) -> None:
        for _ in range(REAPED_AT_ONCE):  # a bomb of processes never lacks one that has ended
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == watch.pid:
                watch.status = status
                watch.cpu_seconds = usage.ru_utime + usage.ru_stime

    def _sweep(self, watch: _Watch) -> None:
        """End whatever the call left behind: processes, half an answer in the pipe, files."""
        self._kill_all(watch.pid)
        for _ in range(SWEEPS):
            self._reap(watch)
            if watch.status is not None and not self._others():
                break
            self._kill_all(watch.pid)
            wait_for_descriptors([], [], [], 0.001)  # to sleep would move the clock
        else:
            os._exit(1)  # the grader starts a new sandbox
        # Whoever could write is gone; the pipe may have no end, if a descriptor is in flight.
        os.set_blocking(watch.answer_end, False)
        with contextlib.suppress(BlockingIOError):
            while (watch.reason is None or not watch.answer) and (
                part := os.read(watch.answer_end, 1 << 16)
            ):
                watch.answer += part
        watch.imported = watch.answer.startswith(self._child.IMPORTED)
        watch.answer = watch.answer.removeprefix(self._child.IMPORTED)
        os.close(watch.answer_end)
        os.close(watch.output_end)
        if self._confined:
            for folder in (self._scratch, "/dev/shm"):  # noqa: S108 - the sandbox's own
                _empty(Path(folder))

    def _kill_all(self, pid: int) -> None:
        try:
            if self._confined:
                os.kill(-1, signal.SIGKILL)
            else:
                os.killpg(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def _others(self) -> bool:
        """Tell whether other processes of this user are left in the sandbox."""
        if not self._confined:
            return False
        try:
            os.kill(-1, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def _report(self, watch: _Watch, request: dict[str, Any]) -> dict[str, Any]:
        status = watch.status or 0
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
        reason = watch.reason
        if reason is None and number:
            spent = watch.cpu_seconds >= request["limits"]["cpu_seconds"]
            reason = "cpu" if number == signal.SIGXCPU or spent else "signal"
        if reason is None and not watch.answer:
            reason = "exited"
        return {
            "reason": reason,
            "imported": watch.imported,
            "signal": number,
            "exit_code": code,
            "cpu_seconds": round(watch.cpu_seconds, 3),
            "printed_bytes": watch.printed,
        }


def _stands_still(watch: _Watch, seconds: float) -> bool:
    """Look whether none of a call's processes does anything, and has not for so long.

    Looks are counted, not seconds: a machine that stood still itself is no fault of the call.
    """
    try:
        spent = time.clock_gettime((~watch.pid << 3) | CPUCLOCK_SCHED)
    except OSError:  # such clocks cannot be had on this system
        return False
    for pid in range(watch.pid + 1, watch.pid + PROCESSES_SEEN):
        with contextlib.suppress(OSError):  # there is no such process
            spent += time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)
    watch.still_samples = watch.still_samples + 1 if spent == watch.spent else 0
    watch.spent = spent
    return watch.still_samples * SAMPLE_SECONDS >= seconds


def _empty(folder: Path) -> None:
    """Remove what a call left in a writable folder; too much of it ends the sandbox."""
    count = 0
    try:
        for entry in os.scandir(folder):
            count += 1
            if count > MAX_LEFTOVERS:
                os._exit(1)
            if stat.S_ISDIR(entry.stat(follow_symlinks=False).st_mode):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)  # noqa: PTH108 - an entry, not a path
    except (OSError, RecursionError):
        os._exit(1)


if __name__ == "__main__":
    main()
