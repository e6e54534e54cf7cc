"""The filter of system calls, interpreted as the kernel does, and in a real sandbox."""

import errno
import platform
import struct
from collections.abc import Iterator

import pytest

from autograder.errors import SandboxError
from autograder.sandbox import Returned, Sandbox
from autograder.sandbox.system_calls import filter_program
from autograder.tests.limits import LIMITS

ALLOWED, KILLED = 0x7FFF0000, 0x80000000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NEW_USER, THREAD = 0x10000000, 0x003D0F00

# From the kernel's tables: what Python and boto3 need, and what is refused.
NUMBERS = {
    "x86_64": {"read": 0, "mmap": 9, "connect": 42, "execve": 59, "futex": 202, "clone": 56,
               "clone3": 435, "socket": 41, "ptrace": 101, "keyctl": 250, "unshare": 272,
               "setns": 308, "mount": 165, "bpf": 321, "io_uring_setup": 425,
               "memfd_create": 319, "setpriority": 141, "prlimit64": 302,
               "sched_setaffinity": 203, "setsockopt": 54, "socketpair": 53, "vmsplice": 278,
               "fsetxattr": 190, "setxattrat": 463},
    "aarch64": {"read": 63, "mmap": 222, "connect": 203, "execve": 221, "futex": 98, "clone": 220,
                "clone3": 435, "socket": 198, "ptrace": 117, "keyctl": 219, "unshare": 97,
                "setns": 268, "mount": 40, "bpf": 280, "io_uring_setup": 425,
                "memfd_create": 279, "setpriority": 140, "prlimit64": 261,
                "sched_setaffinity": 122, "setsockopt": 208, "socketpair": 199, "vmsplice": 75,
                "fsetxattr": 7, "setxattrat": 463},
}  # fmt: skip
CASES = [
    *((name, (), ALLOWED) for name in ("read", "mmap", "connect", "execve", "futex")),
    *((name, (), 0x50000 | errno.EPERM)
      for name in ("ptrace", "keyctl", "unshare", "setns", "mount", "bpf", "io_uring_setup",
                   "memfd_create", "setpriority", "vmsplice", "fsetxattr", "setxattrat")),
    ("prlimit64", (0, 7), ALLOWED),  # the caller's limit
    ("prlimit64", (1, 7), 0x50000 | errno.EPERM),  # the runner's limit
    ("sched_setaffinity", (0, 8), ALLOWED),
    ("sched_setaffinity", (1, 8), 0x50000 | errno.EPERM),
    ("mmap", (0, 4096, 3, 0x22), ALLOWED),  # private, without a file
    ("mmap", (0, 4096, 3, 0x01), ALLOWED),  # shared, of a file
    ("mmap", (0, 4096, 3, 0x21), 0x50000 | errno.EPERM),  # shared, without a file
    ("mmap", (0, 4096, 3, 0x23), 0x50000 | errno.EPERM),  # the same, validated
    ("setsockopt", (3, 1, 2), ALLOWED),  # SO_REUSEADDR
    ("setsockopt", (3, 6, 7), ALLOWED),  # of TCP
    *(("setsockopt", (3, 1, option), 0x50000 | errno.EPERM) for option in (7, 8, 32, 33)),
    ("clone3", (), 0x50000 | errno.ENOSYS),
    ("clone", (THREAD,), ALLOWED),
    ("clone", (THREAD | NEW_USER,), 0x50000 | errno.EPERM),
    ("socket", (1, 1, 0), ALLOWED),  # Unix, a stream
    ("socketpair", (1, 1 | 0o2000000, 0), ALLOWED),
    ("socket", (1, 2, 0), 0x50000 | errno.EAFNOSUPPORT),  # Unix, datagrams
    ("socketpair", (1, 5, 0), 0x50000 | errno.EAFNOSUPPORT),  # Unix, sequenced packets
    ("socket", (2, 1 | 0o2000000, 6), ALLOWED),  # TCP, close on exec
    ("socket", (10, 2, 17), ALLOWED),  # UDP over IPv6
    ("socket", (16, 3, 0), ALLOWED),  # netlink: routes
    ("socket", (16, 3, 9), 0x50000 | errno.EAFNOSUPPORT),  # netlink: audit
    ("socket", (2, 3, 1), 0x50000 | errno.EAFNOSUPPORT),  # raw
    ("socket", (2, 1, 132), 0x50000 | errno.EAFNOSUPPORT),  # SCTP
    ("socket", (17, 3, 0), 0x50000 | errno.EAFNOSUPPORT),  # packets
    ("socket", (38, 5, 0), 0x50000 | errno.EAFNOSUPPORT),  # the kernel's ciphers
    ("socket", (40, 1, 0), 0x50000 | errno.EAFNOSUPPORT),  # vsock: the host of a virtual machine
]  # fmt: skip


def answer(program: bytes, number: int, architecture: int, arguments: tuple[int, ...] = ()) -> int:
    """Run a filter on a system call, as Documentation/networking/filter.rst describes."""
    padded = (*arguments, *([0] * (6 - len(arguments))))
    data = struct.pack("=IIQ6Q", number, architecture, 0, *padded)
    steps = list(struct.iter_unpack("=HBBI", program))
    register, at = 0, 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                (register,) = struct.unpack_from("=I", data, operand)
            case 0x54:
                register &= operand
            case 0x15:
                at += if_true if register == operand else if_false
            case 0x35:
                at += if_true if register >= operand else if_false
            case 0x45:
                at += if_true if register & operand else if_false
            case 0x06:
                return int(operand)
            case _:
                raise AssertionError(code)


@pytest.mark.parametrize("machine", AUDIT)
@pytest.mark.parametrize(("name", "arguments", "expected"), CASES)
def test_a_call_is_allowed_or_refused(
    machine: str, name: str, arguments: tuple[int, ...], expected: int
) -> None:
    """Calls that a solution needs are allowed; calls that bypass the namespaces are refused."""
    program = filter_program(machine)

    assert answer(program, NUMBERS[machine][name], AUDIT[machine], arguments) == expected


@pytest.mark.parametrize("machine", AUDIT)
def test_calls_of_another_architecture_end_the_process(machine: str) -> None:
    """The 32-bit tables have different numbers for the same calls."""
    assert answer(filter_program(machine), 11, 0x40000003) == KILLED


def test_calls_by_the_x32_table_are_refused() -> None:
    """It has the same architecture, and sets a bit of the number."""
    program = filter_program("x86_64")

    assert answer(program, 0x40000000 | 101, AUDIT["x86_64"]) == 0x50000 | errno.ENOSYS


def test_an_unknown_processor_gets_no_sandbox() -> None:
    """Without a filter, no sandbox starts."""
    with pytest.raises(SandboxError, match="not on riscv64"):
        filter_program("riscv64")


STUDENT = """
import ctypes, socket

def tried(calls):
    libc = ctypes.CDLL(None, use_errno=True)
    refused = {}
    for name, number in calls.items():
        ctypes.set_errno(0)
        libc.syscall(number, 0, 0, 0, 0, 0)
        refused[name] = ctypes.get_errno()
    return refused

def families():
    opened = []
    for family in range(64):
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind).close()
            except OSError:
                continue
            opened.append([family, kind])
    return opened
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Start a sandbox."""
    folder = tmp_path_factory.mktemp("student")
    folder.chmod(0o755)
    (folder / "student.py").write_text(STUDENT)
    with Sandbox(folder, LIMITS) as sandbox:
        yield sandbox


def test_the_kernel_refuses_the_calls_in_the_sandbox(sandbox: Sandbox) -> None:
    """The real filter refuses them, not only our interpreter."""
    numbers = NUMBERS[platform.machine()]
    names = ("ptrace", "keyctl", "unshare", "setns", "mount", "bpf", "io_uring_setup")

    result = sandbox.call("student", "tried", [{name: numbers[name] for name in names}], {})

    assert isinstance(result, Returned)
    assert result.value == dict.fromkeys(names, errno.EPERM)


def test_only_sockets_of_the_sandboxs_network_can_be_opened(sandbox: Sandbox) -> None:
    """These are Unix streams, TCP, UDP and the routing netlink."""
    result = sandbox.call("student", "families", [], {})

    assert isinstance(result, Returned)
    assert {family for family, _ in result.value} <= {1, 2, 10, 16}
    assert [kind for family, kind in result.value if family == 1] == [1]
    assert [2, 3] not in result.value
