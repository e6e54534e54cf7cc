"""Checks each wall of the sandbox from inside: if one is missing, nothing is run."""

import ctypes
import fcntl
import os
import resource
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

LARGEST_SCRATCH = 64 << 20
PR_GET_SECCOMP = 21
PR_GET_NO_NEW_PRIVS = 39
FILTERING = 2
SIOCGIFCONF = 0x8912
_SOME_LIMITS = {"CPU": 600, "AS": 4 << 30, "FSIZE": 16 << 20, "NOFILE": 64, "NPROC": 64, "CORE": 0}
"""Wide enough for a process that only tries them."""
_INTERFACE = 40
"""Bytes of a struct ifreq on 64 bits (netdevice(7))."""


def missing_walls(read_only: list[str], scratch: str) -> Iterator[str]:
    """Yield what is wrong with the sandbox that this process is in, in plain words.

    Args:
        read_only: Folders that must not be writable.
        scratch: The folder that may be, and must be small.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if os.getuid() == 0 or os.geteuid() == 0:
        yield "it runs as root"
    if any(_capabilities(libc)):
        yield "it has capabilities left"
    if libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1:
        yield "it could gain privileges"
    if libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != FILTERING:
        yield "system calls are not filtered"
    if os.getpid() != 1:
        yield "it shares its processes with the machine"
    if os.uname().nodename != "sandbox":
        yield "it knows the machine's name"
    if _interfaces() - {"lo"}:
        yield "it is on the machine's network"
    if Path("/proc/self").exists():
        yield "/proc can be seen"
    for folder in read_only:
        if not os.statvfs(folder).f_flag & os.ST_RDONLY:
            yield f"{folder} can be written"
    size = os.statvfs(scratch)
    if size.f_blocks * size.f_frsize > LARGEST_SCRATCH:
        yield f"{scratch} is not bounded"
    if not _limits_can_be_set():
        yield "what a process uses cannot be limited"


def _capabilities(libc: ctypes.CDLL) -> tuple[int, ...]:
    """Read the effective, permitted and inheritable sets (capget(2), version 3)."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    data = ctypes.create_string_buffer(24)
    if libc.capget(header, data):
        raise OSError(ctypes.get_errno(), "capget")
    return struct.unpack("=6I", data.raw)


def _limits_can_be_set() -> bool:
    """Try the limits of a call in a process that ends immediately."""
    pid = os.fork()
    if pid == 0:
        try:
            for name, limit in _SOME_LIMITS.items():
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def _interfaces() -> set[str]:
    """Name the network interfaces that have an address."""
    buffer = ctypes.create_string_buffer(64 * _INTERFACE)
    request = struct.pack("iL", len(buffer), ctypes.addressof(buffer))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        size, _ = struct.unpack("iL", fcntl.ioctl(probe, SIOCGIFCONF, request))
    return {
        buffer.raw[start : start + 16].split(b"\0")[0].decode()
        for start in range(0, size, _INTERFACE)
    }
