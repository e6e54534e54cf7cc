"""The processes in a sandbox, seen from outside: what they use together, and whether they work.

`RLIMIT_AS` and `RLIMIT_CPU` bound each process; there may be dozens. The grader looks at them from
outside the sandbox, while it waits for the answer: student code cannot stop it.

What can hold memory: private pages of the processes and their page tables, which the kernel reports
for each of them; buffers of sockets; two small tmpfs, and what their files take
besides their content; pipes, which the kernel bounds per user.
Shared memory without a file would escape every count, since a single mapped page keeps all others,
so the filter of system calls refuses it, as it refuses buffers of sockets that are larger than the
default.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from autograder.sandbox.inside.vocabulary import ABOUT_TO_SLEEP

SAMPLE_SECONDS = 0.2
"""Time between two looks: calls shorter than this are never looked at, and cost nothing more."""
LOOK_SECONDS = 0.5
"""Processor time of a look at what is held. Forty processes with boto3 take 0.02 s; as many with
62,000 mappings and a gigabyte of shared pages each would take a second."""
LIKELIEST = 1000
"""The oom_score_adj of everything in a sandbox: when the machine runs out of memory, the kernel
ends these processes first, and not the grader."""

WRITABLE = ("/dev/shm", "/tmp")  # noqa: S108 - the sandbox's own
"""The folders in a sandbox where files can be made; both are in memory."""
INODE_BYTES = 1536
"""What the kernel holds for an empty file or folder with a name of 240 bytes."""
SEGMENT_BYTES = 1280
"""What the kernel holds for a TCP segment of one byte, of which all that is queued may consist."""

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_IN_MEMORY = (b"RssAnon:", b"RssShmem:", b"VmSwap:")
"""What a process's status says of pages that are not a file's."""
_HELD = (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")
_COUNTED_SOCKETS = ("unix", "udp", "udp6", "netlink")
_TCP_SOCKETS = ("tcp", "tcp6")


def as_likeliest_victim(command: list[str]) -> list[str]:
    """Return a command that runs another with the highest oom_score_adj, which children inherit.

    A shell sets it for itself, since every later moment could be too late for a child.
    """
    script = f'echo {LIKELIEST} >/proc/self/oom_score_adj; exec "$@"'
    return ["/bin/sh", "-c", script, "sh", *command]


@dataclass(frozen=True)
class SandboxProcesses:
    """All processes in a sandbox, seen from outside."""

    first: int
    """The process, by its id out here, that all others end with."""
    namespace: str
    """The kernel's name of their namespace of processes."""

    @classmethod
    def of(cls, first: int) -> "SandboxProcesses":
        """Return those of the sandbox that a pidfd's process is the first of.

        Raises:
            OSError: The process has ended, or the kernel does not show its namespace.
        """
        lines = Path(f"/proc/self/fdinfo/{first}").read_text(encoding="ascii").splitlines()
        pid = next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))
        return cls(pid, _namespace_of(pid))

    def is_above(self, bound: int) -> bool:
        """Tell whether the processes hold more than `bound` bytes together.

        What they have in memory is quickly known and is never less than what they hold: a page that
        is shared after a fork counts for each of them. What they hold takes the kernel a walk
        through their mappings and pages. So it is asked only while the answer depends on it, and
        only for as long as a look may take.
        """
        at_most = _socket_bytes(Path(f"/proc/{self.first}/net")) + _inode_bytes(self.first)
        in_memory: dict[int, int] = {}
        for pid in self.processes():
            status = _status(pid)
            in_memory[pid] = _sum_of(status, _IN_MEMORY)
            at_most += in_memory[pid] + _page_table_bytes(status)
        end = time.thread_time() + LOOK_SECONDS
        for pid in sorted(in_memory, key=in_memory.__getitem__, reverse=True):
            if at_most <= bound or time.thread_time() >= end:
                break
            at_most -= in_memory[pid] - _private_bytes(pid)
        return at_most > bound

    def are_at_work(self) -> bool:
        """Tell whether a thread runs, or would run if it had a processor."""
        return any(_is_at_work(pid) for pid in self.processes())

    def processes(self) -> Iterator[int]:
        """Yield the ids, out here, of the processes in the sandbox."""
        for name in os.listdir("/proc"):  # noqa: PTH208 - names, five times a second
            # Another user's process does not show its namespace; it is not in the sandbox.
            with suppress(OSError):
                if name.isdecimal() and _namespace_of(int(name)) == self.namespace:
                    yield int(name)


class ProcessorTime:
    """The processor time that a sandbox's processes use together in a call, from now on."""

    def __init__(self, processes: SandboxProcesses) -> None:
        self.processes = processes
        self._reaped_before = _ticks(processes.first).reaped
        self._own: dict[tuple[int, int], int] = {}
        """The own ticks of each process of the call, ended or not, when it was last seen."""

    def is_above(self, seconds: float) -> bool:
        """Tell whether the processes have used more than this.

        A process that ends during a look may be counted twice: for itself, and for the process that
        waits for it. So two looks must agree.
        """
        bound = seconds * _TICKS
        return self._ticks_used() > bound and self._ticks_used() > bound

    def _ticks_used(self) -> int:
        """Return the ticks that are known to have been used.

        The kernel adds the time of an ended process to that of the process that waits for it, or
        drops it if none does. Then what was seen before its end counts.
        """
        used = -self._reaped_before
        for pid in self.processes.processes():
            ticks = _ticks(pid)
            used += ticks.reaped
            if pid != self.processes.first:
                used += ticks.own
                self._own[pid, ticks.started] = ticks.own
        return max(used, sum(self._own.values()))


class _Ticks(NamedTuple):
    """A process's times, in ticks of the kernel's clock."""

    own: int
    reaped: int
    """Used by the ended processes that it has waited for, and by those that these waited for."""
    started: int


def _ticks(pid: int) -> _Ticks:
    """Return a process's times; zeros if it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return _Ticks(0, 0, 0)
    # The name, in brackets, may hold anything; proc_pid_stat(5) has the order of the others.
    fields = stat.rpartition(b") ")[2].split()
    user, system, reaped_user, reaped_system = map(int, fields[11:15])
    return _Ticks(user + system, reaped_user + reaped_system, int(fields[19]))


def _status(pid: int) -> bytes:
    """Return the kernel's table of facts about a process; an empty one if it has ended."""
    try:
        return Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return b""


def _inode_bytes(first: int) -> int:
    """Return what the files in a sandbox's writable folders take besides their content.

    Files in memory are bounded by their content's size; an empty one has none.
    """
    count = 0
    for folder in WRITABLE:
        with suppress(OSError):  # the sandbox has ended
            found = os.statvfs(f"/proc/{first}/root{folder}")
            count += found.f_files - found.f_ffree
    return count * INODE_BYTES


def _page_table_bytes(status: bytes) -> int:
    """Return the size of a process's page tables, which no other figure includes.

    A page that is only read is the kernel's page of zeros, which nobody holds. But far apart, each
    needs two page tables, which are as large as the page.
    """
    return _sum_of(status, (b"VmPTE:",))


def _private_bytes(pid: int) -> int:
    """Return what a process holds; pages shared after a fork are divided among their holders."""
    try:
        return _sum_of(Path(f"/proc/{pid}/smaps_rollup").read_bytes(), _HELD)
    except OSError:  # it has ended, or is not shown: then shared pages count several times
        return _sum_of(_status(pid), _IN_MEMORY)


def _sum_of(table: bytes, names: tuple[bytes, ...]) -> int:
    """Add up lines of a table such as `VmPTE:  44 kB`, in bytes."""
    return sum(int(line.split()[1]) << 10 for line in table.splitlines() if line.startswith(names))


def _socket_bytes(tables: Path) -> int:
    """Return how much the sockets of a network namespace may hold.

    The kernel does not tell what is in a Unix socket, so each counts as full: to the default size,
    which the filter of system calls keeps, and over it by one message as large as that.

    Args:
        tables: The `net` folder of one of its processes below /proc.
    """
    settings = Path("/proc/sys/net/core")
    fullest = 2 * max(
        int((settings / name).read_bytes()) for name in ("wmem_default", "rmem_default")
    )
    count = sum(len(_rows(tables / name)) for name in _COUNTED_SOCKETS)
    # A socket that nobody reads does not grow beyond what its sender may hold.
    fullest_tcp = int(Path("/proc/sys/net/ipv4/tcp_wmem").read_bytes().split()[2])
    tcp = sum(
        max(2 * queued, min(SEGMENT_BYTES * queued, fullest_tcp))
        for name in _TCP_SOCKETS
        for queued in map(_queued_bytes, _rows(tables / name))
    )
    # Few connections consist of tiny segments. What all TCP sockets of the machine hold bounds the
    # guess; the kernel counts up to a third less than its caches take for them.
    return count * fullest + min(tcp, 2 * _tcp_bytes(tables))


def _tcp_bytes(tables: Path) -> int:
    """Return what all TCP sockets of the machine hold; each network namespace shows the same."""
    for row in _rows(tables / "sockstat"):
        if row.startswith(b"TCP:"):
            return int(row.split()[-1]) * _PAGE  # "... mem 347", in pages
    return 0


def _rows(table: Path) -> list[bytes]:
    """Return the rows of a table below its heading; none if the kernel has no such table."""
    try:
        return table.read_bytes().splitlines()[1:]
    except OSError:
        return []


def _queued_bytes(row: bytes) -> int:
    """Return what a TCP connection has yet to deliver: its fifth column, `sent:received`."""
    sent, _, received = row.split()[4].partition(b":")
    return int(sent, 16) + int(received, 16)


def _is_at_work(pid: int) -> bool:
    """Tell whether a thread of a process is running, runnable, in a system call, or says so."""
    threads = Path(f"/proc/{pid}/task")
    with suppress(OSError):  # the process has ended
        for thread in threads.iterdir():
            with suppress(OSError):  # the thread has ended
                # The name, in brackets, may hold anything; the state follows it.
                name, _, state = (thread / "stat").read_bytes().rpartition(b") ")
                if state[:1] in b"RD" or name.partition(b" (")[2] == ABOUT_TO_SLEEP:
                    return True
    return False


def _namespace_of(pid: int) -> str:
    return os.readlink(f"/proc/{pid}/ns/pid")  # noqa: PTH115 - the link's text is not a path
