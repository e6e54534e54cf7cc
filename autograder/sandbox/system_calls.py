"""The sandbox's second wall: a seccomp filter on the system calls of everything in it.

Namespaces hide files, processes and the network, but some doors of the kernel lead past them:
sockets of other families (AF_VSOCK reaches the machine that runs this virtual machine), the
keyring that processes inherit, new user namespaces, ptrace, io_uring, bpf. Others reach
the runner, which has the same user as the student's code, or memory that no limit counts. Nothing
that a solution needs uses them. They fail with EPERM, so that libraries go on without.

The filter is classic BPF as seccomp(2) describes it; the numbers are those of the kernel's tables
(arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h).
"""

import errno
import mmap
import platform
import socket
import struct
import tempfile
from dataclasses import dataclass
from typing import IO

from autograder.errors import SandboxError

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND, _THIRD, _FOURTH = 0, 4, 16, 24, 32, 40
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_X32 = 0x40000000

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (linux/sched.h)
_NEW_NAMESPACE = (
    0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
)  # fmt: skip
_KIND = 0xF
"""The bits of a socket's type without SOCK_NONBLOCK and SOCK_CLOEXEC."""
_NETLINK_ROUTE = 0
_BUFFER_SIZES = (7, 8, 32, 33)
"""SO_SNDBUF, SO_RCVBUF, SO_SNDBUFFORCE and SO_RCVBUFFORCE of asm-generic/socket.h."""

# Name: number on x86_64, on aarch64; None where there is no such call.
_REFUSED: dict[str, tuple[int, int | None]] = {
    # other processes, the kernel's inside
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    "perf_event_open": (298, 241), "bpf": (321, 280), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "lookup_dcookie": (212, 18), "syslog": (103, 116), "fanotify_init": (300, 262),
    "personality": (135, 92), "setpriority": (141, 140), "ioprio_set": (251, 30),
    # files in memory: no limit of a process counts them
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # attributes of files: up to 128 KiB each in a file system in memory, beyond its size
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    # a pipe that holds a whole huge page for one byte of it
    "vmsplice": (278, 75),
    # keyrings
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # what would outlive a call: shared memory, semaphores and queues of System V, queues of POSIX
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "move_mount": (429, 429),
    "open_tree": (428, 428), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "quotactl": (179, 60), "quotactl_fd": (443, 443),
    # the machine
    "acct": (163, 89), "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "adjtimex": (159, 171), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "vhangup": (153, 58), "modify_ldt": (154, None), "iopl": (172, None), "ioperm": (173, None),
    "uselib": (134, None),
}  # fmt: skip

# Refused unless the first argument is 0, the calling process.
_FOR_ITSELF_ONLY: dict[str, tuple[int, int]] = {
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setattr": (314, 274),
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119),
}  # fmt: skip


@dataclass(frozen=True)
class _Machine:
    """What differs between processors."""

    audit: int
    """AUDIT_ARCH_... of linux/audit.h."""
    column: int
    clone: int
    clone3: int
    socket: int
    socketpair: int
    setsockopt: int
    mmap: int


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E, 0, clone=56, clone3=435, socket=41, socketpair=53, setsockopt=54, mmap=9
    ),
    "aarch64": _Machine(
        0xC00000B7, 1, clone=220, clone3=435, socket=198, socketpair=199, setsockopt=208, mmap=222
    ),
}


def filter_program(machine: str) -> bytes:
    """Assemble the filter for a processor, as `platform.machine()` names it.

    Raises:
        SandboxError: That processor is not supported.
    """
    if machine not in _MACHINES:
        raise SandboxError(
            f"no sandbox can be had here: system calls can be filtered on "
            f"{' and '.join(_MACHINES)}, not on {machine}"
        )
    on = _MACHINES[machine]
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, on.audit, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        # The x32 table gives the same calls other numbers.
        *([_step(_AT_LEAST, _X32, 0, 1), _fail(errno.ENOSYS)] if machine == "x86_64" else []),
        # Its flags lie in memory, where a filter cannot look; libc falls back to clone.
        _step(_EQUAL, on.clone3, 0, 1),
        _fail(errno.ENOSYS),
    ]
    for numbers in _REFUSED.values():
        number = numbers[on.column]
        if number is not None:
            steps += [_step(_EQUAL, number, 0, 1), _fail(errno.EPERM)]
    for pair in _FOR_ITSELF_ONLY.values():
        steps += [
            _step(_EQUAL, pair[on.column], 0, 4),
            _step(_LOAD, _FIRST),
            _step(_EQUAL, 0, 1, 0),
            _fail(errno.EPERM),
            _step(_LOAD, _NUMBER),
        ]
    steps += [
        _step(_EQUAL, on.clone, 0, 3),
        _step(_LOAD, _FIRST),
        _step(_ANY_BIT, _NEW_NAMESPACE, 0, 1),
        _fail(errno.EPERM),
        _step(_LOAD, _NUMBER),
        *_uncounted_memory(on),
        *_sockets(on),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(steps)


def _uncounted_memory(on: _Machine) -> list[bytes]:
    """Refuse memory that `autograder.sandbox.processes` could not count.

    One mapped page of shared memory keeps all that were ever filled, which no count of a process
    shows. Buffers of sockets can be counted while none is larger than the default.
    """
    return [
        _step(_EQUAL, on.mmap, 0, 5),
        _step(_LOAD, _FOURTH),
        _step(_ANY_BIT, mmap.MAP_SHARED, 0, 2),
        _step(_ANY_BIT, mmap.MAP_ANONYMOUS, 0, 1),
        _fail(errno.EPERM),
        _step(_LOAD, _NUMBER),
        _step(_EQUAL, on.setsockopt, 0, 5 + len(_BUFFER_SIZES)),
        _step(_LOAD, _SECOND),
        _step(_EQUAL, socket.SOL_SOCKET, 0, 2 + len(_BUFFER_SIZES)),
        _step(_LOAD, _THIRD),
        *(
            _step(_EQUAL, option, left, 0 if left else 1)
            for left, option in reversed(list(enumerate(_BUFFER_SIZES)))
        ),
        _fail(errno.EPERM),
        _step(_LOAD, _NUMBER),
    ]


def _sockets(on: _Machine) -> list[bytes]:
    """Let through TCP, UDP, Unix streams and the routing netlink that getaddrinfo asks.

    A Unix socket for datagrams keeps what senders left that are closed and in no table any more, so
    that nobody could count it.
    """
    internet = [
        _step(_LOAD, _SECOND),
        _step(_AND, _KIND),
        _step(_EQUAL, socket.SOCK_STREAM, 2, 0),
        _step(_EQUAL, socket.SOCK_DGRAM, 1, 0),
        _fail(errno.EAFNOSUPPORT),
        _step(_LOAD, _THIRD),
        _step(_EQUAL, 0, 3, 0),
        _step(_EQUAL, socket.IPPROTO_TCP, 2, 0),
        _step(_EQUAL, socket.IPPROTO_UDP, 1, 0),
        _fail(errno.EAFNOSUPPORT),
        _step(_RETURN, _ALLOW),
    ]
    netlink = [
        _step(_LOAD, _THIRD),
        _step(_EQUAL, _NETLINK_ROUTE, 1, 0),
        _fail(errno.EAFNOSUPPORT),
        _step(_RETURN, _ALLOW),
    ]
    families = [
        _step(_LOAD, _FIRST),
        _step(_EQUAL, socket.AF_UNIX, 0, 5),
        _step(_LOAD, _SECOND),
        _step(_AND, _KIND),
        _step(_EQUAL, socket.SOCK_STREAM, 1, 0),
        _fail(errno.EAFNOSUPPORT),
        _step(_RETURN, _ALLOW),
        _step(_EQUAL, socket.AF_INET, 1, 0),
        _step(_EQUAL, socket.AF_INET6, 0, len(internet)),
        *internet,
        _step(_EQUAL, 16, 0, len(netlink)),  # AF_NETLINK
        *netlink,
        _fail(errno.EAFNOSUPPORT),
    ]
    return [
        _step(_EQUAL, on.socket, 1, 0),
        _step(_EQUAL, on.socketpair, 0, len(families)),
        *families,
    ]


def filter_file() -> IO[bytes]:
    """Write this machine's filter to a file for `bwrap --seccomp`.

    Raises:
        SandboxError: This processor is not supported.
    """
    program = filter_program(platform.machine())
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.write(program)
    file.seek(0)
    return file


def _step(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Encode one instruction: struct sock_filter of linux/filter.h."""
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _fail(number: int) -> bytes:
    return _step(_RETURN, _ERROR | number)
