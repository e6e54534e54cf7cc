"""The limit on the processor time of all processes of a call, with real processes."""

from collections.abc import Iterator

import pytest

from autograder.sandbox import Returned, Sandbox, Stopped
from autograder.tests.limits import LIMITS

STUDENT = """
import multiprocessing, os, select, signal, time

def burn(seconds):
    while time.process_time() < seconds:
        pass

def fork(work):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return pid

def burn_in_children():
    for _ in range(6):
        fork(lambda: burn(0.6))
    for _ in range(6):
        os.wait()
    return "done"

def burn_in_a_row():
    for _ in range(6):
        os.waitpid(fork(lambda: burn(0.6)), 0)
    return "done"

def burn_in_grandchildren():
    def work():
        for _ in range(6):
            os.waitpid(fork(lambda: burn(0.6)), 0)
    os.waitpid(fork(work), 0)
    return "done"

def burn_in_orphans():
    def leave():
        fork(lambda: burn(0.6))
    for _ in range(6):
        os.waitpid(fork(leave), 0)
    select.poll().poll()

def burn_where_nobody_counts():
    # The kernel adds a child's time to its parent's only if the parent waits for it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(6):
        try:
            os.waitpid(fork(lambda: burn(0.6)), 0)
        except ChildProcessError:
            pass
    return "done"

def square(number):
    burn(0.1)
    return number * number

def use_a_pool():
    with multiprocessing.get_context("fork").Pool(4) as pool:
        return pool.map(square, range(8))

def use_short_workers():
    for _ in range(40):
        os.waitpid(fork(lambda: burn(0.02)), 0)
    return "done"
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Start a sandbox."""
    folder = tmp_path_factory.mktemp("student")
    folder.chmod(0o755)
    (folder / "student.py").write_text(STUDENT)
    with Sandbox(folder, LIMITS) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    "function",
    [
        "burn_in_children",
        "burn_in_a_row",
        "burn_in_grandchildren",
        "burn_in_orphans",
        "burn_where_nobody_counts",
    ],
)
def test_a_call_ends_when_its_processes_have_used_up_the_time_together(
    sandbox: Sandbox, function: str
) -> None:
    """No process uses more than 0.6 s, but all together use 3.6 s."""
    limits = LIMITS.model_copy(update={"cpu_seconds": 1, "wall_seconds": 120.0})

    result = sandbox.call("student", function, [], {}, limits)

    assert isinstance(result, Stopped)
    assert result.reason == "cpu"


@pytest.mark.parametrize(
    ("function", "value"),
    [("use_a_pool", [0, 1, 4, 9, 16, 25, 36, 49]), ("use_short_workers", "done")],
)
def test_processes_below_the_limit_return_in_every_call(
    sandbox: Sandbox, function: str, value: object
) -> None:
    """Each call uses 0.8 s; what an earlier call used does not count."""
    limits = LIMITS.model_copy(update={"cpu_seconds": 2, "wall_seconds": 120.0})

    results = [sandbox.call("student", function, [], {}, limits) for _ in range(3)]

    assert [isinstance(result, Returned) and result.value for result in results] == [value] * 3
