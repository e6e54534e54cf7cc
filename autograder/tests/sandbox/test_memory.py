"""The limit on the memory of all processes of a call, with real processes and sockets."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import Returned, Sandbox, Stopped, processes
from autograder.sandbox.processes import (
    LIKELIEST,
    LOOK_SECONDS,
    SAMPLE_SECONDS,
    SandboxProcesses,
)
from autograder.sandbox.runner_process import STOPPING_SECONDS
from autograder.tests.limits import LIMITS

STUDENT = """
import mmap, multiprocessing, os, select, socket, threading

def wait():
    select.poll().poll()

def fork(count, work):
    for _ in range(count):
        if os.fork() == 0:
            work()
            wait()
    wait()

def hoard_in_processes():
    def work():
        work.held = bytearray(b"x") * (600 << 20)
    fork(10, work)

def hoard_in_daemons():
    def work():
        os.setsid()
        if os.fork():
            os._exit(0)
        work.held = bytearray(b"x") * (600 << 20)
    fork(10, work)

def hoard_in_sockets():
    held = []
    def work():
        try:
            while True:
                held.extend(socket.socketpair())
                for end in held[-2:]:
                    end.setblocking(False)
                    try:
                        while True:
                            end.send(bytes(1 << 15))
                    except BlockingIOError:
                        pass
        except OSError:
            pass
    fork(60, work)

def hoard_in_connections():
    listener = socket.create_server(("127.0.0.1", 0))
    held = []
    for _ in range(40):
        held += [socket.create_connection(listener.getsockname()), listener.accept()[0]]
        held[-2].settimeout(0.01)
        try:
            while True:
                held[-2].send(bytes(1 << 20))
        except OSError:
            pass
    wait()

def hoard_in_tiny_segments():
    listener = socket.create_server(("127.0.0.1", 0))
    held = []
    def work():
        for _ in range(12):
            held.extend([socket.create_connection(listener.getsockname()), listener.accept()[0]])
            for end in held[-2:]:
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                end.setblocking(False)
                try:
                    while True:
                        end.send(b"x", socket.MSG_EOR)
                except BlockingIOError:
                    pass
    fork(4, work)

def wait_for_many_answers():
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    def work():
        held = [socket.create_connection(listener.getsockname()) for _ in range(100)]
        for connection in held:
            connection.sendall(bytes(4096))
        burn(0.6)
        os._exit(0)
    for _ in range(2):
        if os.fork() == 0:
            work()
    return [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(2)]

def hoard_in_page_tables():
    # Each page read is the kernel's page of zeros, which nobody holds; but each has its own tables.
    import ctypes
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    def work():
        for number in range(60_000):
            at = (1 << 32) + (number << 31)
            if libc.mmap(at, 4096, mmap.PROT_READ, 0x100022, -1, 0) == at:
                ctypes.c_char.from_address(at).value
    fork(3, work)

def hoard_in_empty_folders():
    os.mkdir("/tmp/hoard")
    folder = os.open("/tmp/hoard", os.O_RDONLY)
    for number in range(60_000):
        os.mkdir(f"{'n' * 240}{number}", dir_fd=folder)
    wait()

def leave_folders_in_a_folder():
    for number in range(6000):
        os.makedirs(f"/tmp/left/{number}")

def map_much_and_hold_little():
    # Every second page has other rights, so that each page is a separate mapping.
    import ctypes
    libc = ctypes.CDLL(None)
    for _ in range(4):
        if os.fork() == 0:
            held = mmap.mmap(-1, 800 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            start = ctypes.addressof(ctypes.c_char.from_buffer(held))
            for number in range(2000):
                libc.mprotect(ctypes.c_void_p(start + 8192 * number), 4096, mmap.PROT_READ)
            burn(0.3)
            os._exit(0)
    return [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(4)]

def share_after_fork():
    held = bytearray(b"x") * (300 << 20)
    for _ in range(4):
        if os.fork() == 0:
            burn(0.3)
            os._exit(0)
    for _ in range(4):
        os.wait()
    return "done"

def burn(seconds):
    import time
    while time.process_time() < seconds:
        pass

def square(number):
    burn(0.3)
    return number * number

def use_a_pool():
    with multiprocessing.get_context("fork").Pool(4) as pool:
        return pool.map(square, range(8))

def use_threads_and_sockets():
    total, lock = [], threading.Lock()
    def work():
        left, right = socket.socketpair()
        left.sendall(b"x" * 1000)
        burn(0.6)
        with lock:
            total.append(len(right.recv(4096)))
    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(total)

def refusals():
    refused = []
    for name, try_it in {
        "shared map": lambda: mmap.mmap(-1, 4096),
        "device": lambda: open("/dev/zero", "r+b"),
        "send buffer": lambda: socket.socket().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1),
    }.items():
        try:
            try_it()
        except PermissionError:
            refused.append(name)
    mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    socket.socket().setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return refused
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Start a sandbox."""
    folder = tmp_path_factory.mktemp("student")
    folder.chmod(0o755)
    (folder / "student.py").write_text(STUDENT)
    with Sandbox(folder, LIMITS) as sandbox:
        yield sandbox


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Record each memory count of the grader."""
    seen: list[bool] = []
    look = SandboxProcesses.is_above

    def noted(self: SandboxProcesses, bound: int) -> bool:
        seen.append(look(self, bound))
        return seen[-1]

    monkeypatch.setattr(SandboxProcesses, "is_above", noted)
    return seen


@pytest.mark.parametrize(
    "function",
    ["hoard_in_processes", "hoard_in_daemons", "hoard_in_sockets", "hoard_in_page_tables"],
)
def test_a_call_ends_at_the_first_count_above_the_limit(
    sandbox: Sandbox, looks: list[bool], function: str
) -> None:
    """Each process and socket is within its limit, but together they use too much."""
    limits = LIMITS.model_copy(update={"memory_total_mib": 1024, "wall_seconds": 120.0})

    result = sandbox.call("student", function, [], {}, limits)

    assert isinstance(result, Stopped)
    assert result.reason == "memory"
    assert looks.index(True) == len(looks) - 1


def test_files_count_beside_their_content(sandbox: Sandbox, looks: list[bool]) -> None:
    """An empty folder takes more than a kilobyte of the kernel's memory."""
    limits = LIMITS.model_copy(
        update={"memory_total_mib": 64, "cpu_seconds": 60, "wall_seconds": 120.0}
    )

    result = sandbox.call("student", "hoard_in_empty_folders", [], {}, limits)

    assert isinstance(result, Stopped)
    assert result.reason == "memory"
    assert looks[-1]


def test_a_sandbox_in_which_too_much_was_left_at_any_depth_is_replaced(sandbox: Sandbox) -> None:
    """Removing it all would take longer than the call."""
    limits = LIMITS.model_copy(update={"cpu_seconds": 60, "wall_seconds": 120.0})
    before = sandbox.pid

    sandbox.call("student", "leave_folders_in_a_folder", [], {}, limits)
    sandbox.call("student", "share_after_fork", [], {}, limits)

    assert sandbox.pid != before


@pytest.mark.parametrize("function", ["hoard_in_connections", "hoard_in_tiny_segments"])
def test_undelivered_data_of_a_connection_counts(
    sandbox: Sandbox, looks: list[bool], function: str
) -> None:
    """TCP buffers grow automatically, and each byte that is sent alone has a buffer."""
    limits = LIMITS.model_copy(update={"memory_total_mib": 128})

    result = sandbox.call("student", function, [], {}, limits)

    assert isinstance(result, Stopped)
    assert result.reason == "memory"
    assert looks[-1]


def test_a_call_above_the_limit_ends_within_two_seconds() -> None:
    """The time between two counts, that of a count, and the time the runner has to end the call."""
    assert SAMPLE_SECONDS + LOOK_SECONDS + STOPPING_SECONDS < 2


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("use_a_pool", [0, 1, 4, 9, 16, 25, 36, 49]),
        ("use_threads_and_sockets", 20_000),
        ("share_after_fork", "done"),
        ("wait_for_many_answers", [0, 0]),
    ],
)
def test_honest_processes_threads_and_sockets_are_below_the_limit(
    sandbox: Sandbox, looks: list[bool], function: str, value: object
) -> None:
    """Pages shared after a fork count once; undelivered requests count as what is held for them."""
    patient = {"memory_total_mib": 512, "cpu_seconds": 20, "wall_seconds": 120.0}

    result = sandbox.call("student", function, [], {}, LIMITS.model_copy(update=patient))

    assert isinstance(result, Returned)
    assert result.value == value
    assert looks
    assert not any(looks)


def test_processes_that_hold_little_are_below_the_limit_without_a_walk_through_their_pages(
    sandbox: Sandbox, looks: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much they map, and in however many pieces: they hold no more than is in memory."""
    monkeypatch.setattr(processes, "LOOK_SECONDS", 0.0)
    limits = LIMITS.model_copy(update={"wall_seconds": 120.0})

    result = sandbox.call("student", "map_much_and_hold_little", [], {}, limits)

    assert isinstance(result, Returned)
    assert result.value == [0] * 4
    assert looks
    assert not any(looks)


def test_what_cannot_be_counted_in_time_counts_as_it_is_in_memory(
    sandbox: Sandbox, looks: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that processes share counts for each of them, if the kernel takes too long to tell."""
    monkeypatch.setattr(processes, "LOOK_SECONDS", 0.0)
    limits = LIMITS.model_copy(update={"memory_total_mib": 512})

    result = sandbox.call("student", "share_after_fork", [], {}, limits)

    assert isinstance(result, Stopped)
    assert result.reason == "memory"
    assert looks[-1]


def test_memory_that_cannot_be_counted_is_refused(sandbox: Sandbox) -> None:
    """Such as shared memory without a file, and larger socket buffers."""
    result = sandbox.call("student", "refusals", [], {})

    assert isinstance(result, Returned)
    assert result.value == ["shared map", "device", "send buffer"]


def test_the_kernel_kills_the_sandbox_before_the_grader(sandbox: Sandbox) -> None:
    """This is so for all processes of the sandbox, from the start."""
    inside = sandbox.processes
    assert inside is not None
    scores = {
        pid: int(Path(f"/proc/{pid}/oom_score_adj").read_text())
        for pid in (sandbox.pid, *inside.processes())
    }

    assert inside.first in scores
    assert set(scores.values()) == {LIKELIEST}
    assert int(Path(f"/proc/{os.getpid()}/oom_score_adj").read_text()) < LIKELIEST
