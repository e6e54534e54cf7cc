"""A call under way, seen from the runner: watch its child, end it, report how it ended.

The child runs a student's code. The runner never parses what the child answers.
"""

import contextlib
import os
import select
import shutil
import signal
import socket
import stat
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from . import wire
from .child import IMPORTED
from .vocabulary import StopReason

MAX_REQUEST = 64 << 20
"""Bytes of a request. Large arguments are the grader's own; this only bounds a broken length."""
MAX_LEFTOVERS = 5000
"""Files that are removed after a call. More take so long that a new sandbox starts sooner."""
SWEEPS = 2000
"""Attempts to end all processes of a call, a millisecond apart: two seconds."""
REAPED_AT_ONCE = 256
"""Ended processes collected in a row: a bomb of processes never lacks another."""
SAMPLE_SECONDS = 0.25
"""Time between two looks at the processor time of the call's processes."""
PROCESSES_SEEN = 4096
"""Processes and threads of a call, in the order of their start, whose time is looked at."""
CPUCLOCK_SCHED = 2  # of linux/posix-timers.h: a process's clock, as clock_getcpuclockid(3) has it
PART = 1 << 16
"""Bytes of one read; a pipe holds as many."""
OTHER_BYTES = 64 << 10
"""What an answer holds in addition to the value: its kind, a message, a traceback."""

wait_for_descriptors = select.select  # for real: it is replaced by a virtual one later


class RunningCall:
    """The child of one call, with everything that it starts.

    Args:
        pid: The child.
        answer: Descriptor from which its answer is read.
        output: Descriptor from which what it prints is read.
        confined: Whether this is a sandbox, where every other process belongs to the call.
    """

    def __init__(self, pid: int, answer: int, output: int, *, confined: bool) -> None:
        self._pid = pid
        self._answer_end = answer
        self._output_end = output
        self._confined = confined
        self.answer = bytearray()
        """What the child wrote, without the mark that its module was imported."""
        self._printed_bytes = 0
        self._reason: StopReason | None = None
        self._status: int | None = None
        self._was_imported = False
        self._cpu_seconds = 0.0
        self._import_seconds: float | None = None
        """Processor time at the mark that the module was imported."""
        self._still_samples = 0
        """Looks in a row that found the processor time of the call's processes unchanged."""
        self._spent_seconds = -1.0
        """Their processor time at the last look."""

    def watch(self, control: socket.socket, wakeup: socket.socket, limits: dict[str, Any]) -> None:
        """Wait until the child has ended, or must end.

        Args:
            control: The connection to the grader, which may say that the call must end.
            wakeup: Receives a byte whenever a child has ended.
            limits: The call's budgets.
        """
        end = time.monotonic() + limits["wall_seconds"]
        # JSON may need six bytes for a character.
        answer_limit = (limits["return_kib"] << 10) * 6 + OTHER_BYTES
        output_limit = limits["output_kib"] << 10
        poll = select.poll()
        for descriptor in (
            control.fileno(),
            wakeup.fileno(),
            self._answer_end,
            self._output_end,
        ):
            poll.register(descriptor, select.POLLIN)
        while self._status is None:
            left = end - time.monotonic()
            if left <= 0:
                self._reason = StopReason.WALL
                return
            happened = poll.poll(min(left, SAMPLE_SECONDS) * 1000)
            if not happened and self._stands_still(limits["still_seconds"]):
                self._reason = StopReason.STILL
                return
            for descriptor, _ in happened:
                if descriptor == self._answer_end:
                    if self._import_seconds is None:
                        self._import_seconds = self._spent_by_child()
                    if _take(poll, descriptor, self.answer) and len(self.answer) > answer_limit:
                        del self.answer[1:]
                        self._reason = StopReason.EXITED
                        return
                elif descriptor == self._output_end:
                    printed = bytearray()
                    _take(poll, descriptor, printed)
                    self._printed_bytes += len(printed)
                    if self._printed_bytes > output_limit:
                        self._reason = StopReason.OUTPUT
                        return
                elif descriptor == control.fileno():
                    self._end_as_told(control)
                    return
                else:
                    wakeup.recv(4096)
            self._reap()

    def _end_as_told(self, control: socket.socket) -> None:
        """Take the grader's word that the call must end; it knows the reason itself."""
        self._reason = StopReason.SIGNAL
        try:
            wire.receive_frame(control, MAX_REQUEST)
        except (wire.WireError, OSError):  # the grader hung up: nobody waits for a report
            self._kill_all()
            os._exit(0)

    def _reap(self) -> None:
        for _ in range(REAPED_AT_ONCE):
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._pid:
                self._status = status
                self._cpu_seconds = usage.ru_utime + usage.ru_stime

    def sweep(self, scratch: str) -> None:
        """End whatever the call left behind: processes, half an answer in the pipe, files.

        Args:
            scratch: The folder that the call could write to.
        """
        self._kill_all()
        for _ in range(SWEEPS):
            self._reap()
            if self._status is not None and not self._has_others():
                break
            self._kill_all()
            wait_for_descriptors([], [], [], 0.001)  # to sleep would move the clock
        else:
            os._exit(1)  # the grader starts a new sandbox
        # All writers are gone; the pipe may still not end, if a descriptor is in flight.
        os.set_blocking(self._answer_end, False)
        with contextlib.suppress(BlockingIOError):
            while (self._reason is None or not self.answer) and (
                part := os.read(self._answer_end, PART)
            ):
                self.answer += part
        self._was_imported = self.answer.startswith(IMPORTED)
        self.answer = self.answer.removeprefix(IMPORTED)
        os.close(self._answer_end)
        os.close(self._output_end)
        if self._confined:
            for folder in (scratch, "/dev/shm"):  # noqa: S108 - the sandbox's own
                _empty(Path(folder))

    def _kill_all(self) -> None:
        try:
            if self._confined:
                os.kill(-1, signal.SIGKILL)
            else:
                os.killpg(self._pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def _has_others(self) -> bool:
        """Tell whether other processes of this user are left in the sandbox."""
        if not self._confined:
            return False
        try:
            os.kill(-1, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def report(self, limits: dict[str, Any]) -> dict[str, Any]:
        """Tell the grader how the child ended; no reason where it gave an answer."""
        status = self._status or 0
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
        reason, spent = self._reason, self._import_seconds
        if reason is None and number:
            is_spent = self._cpu_seconds >= limits["cpu_seconds"]
            is_cpu = number == signal.SIGXCPU or is_spent
            reason = StopReason.CPU if is_cpu else StopReason.SIGNAL
        if reason is None and not self.answer:
            reason = StopReason.EXITED
        return {
            "reason": reason,
            "imported": self._was_imported,
            "signal": number,
            "exit_code": code,
            "cpu_seconds": round(self._cpu_seconds, 3),
            "import_seconds": round(self._cpu_seconds if spent is None else spent, 3),
            "printed_bytes": self._printed_bytes,
        }

    def _spent_by_child(self) -> float | None:
        """Return the child's processor time; None where such clocks cannot be had."""
        try:
            return time.clock_gettime((~self._pid << 3) | CPUCLOCK_SCHED)
        except OSError:
            return None

    def _stands_still(self, seconds: float) -> bool:
        """Tell whether all of the call's processes have done nothing for so long.

        Samples are counted, not seconds: the call is not to blame for a machine that stood still.
        """
        spent = self._spent_by_child()
        if spent is None:
            return False
        for pid in range(self._pid + 1, self._pid + PROCESSES_SEEN):
            with contextlib.suppress(OSError):  # there is no such process
                spent += time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)
        is_unchanged = spent == self._spent_seconds
        self._still_samples = self._still_samples + 1 if is_unchanged else 0
        self._spent_seconds = spent
        return self._still_samples * SAMPLE_SECONDS >= seconds


def _take(poll: "select.poll", descriptor: int, into: bytearray) -> bool:
    """Read what has arrived; False at the end, which is then not polled again."""
    part = os.read(descriptor, PART)
    if not part:
        poll.unregister(descriptor)
    into += part
    return bool(part)


def _empty(folder: Path) -> None:
    """Remove what a call left in a writable folder; too much of it ends the sandbox."""
    try:
        if sum(1 for _ in islice(_entries_below(folder), MAX_LEFTOVERS + 1)) > MAX_LEFTOVERS:
            os._exit(1)
        for entry in os.scandir(folder):
            if stat.S_ISDIR(entry.stat(follow_symlinks=False).st_mode):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)  # noqa: PTH108 - an entry, not a path
    except (OSError, RecursionError):
        os._exit(1)


def _entries_below(folder: Path) -> Iterator[str]:
    """Yield what is in a folder at any depth, without reading a large folder as a whole."""
    folders = [os.fspath(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                yield entry.path
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
