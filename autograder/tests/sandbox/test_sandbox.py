"""The sandbox, for real: what comes back, what is stopped, what cannot be reached."""

import http.server
import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import (
    CallResult,
    MissingFunction,
    MissingModule,
    Raised,
    Returned,
    Sandbox,
    Stopped,
    StopReason,
    Unsendable,
)
from autograder.sandbox.bubblewrap import INSIDE
from autograder.sandbox.interpreter import this_interpreter
from autograder.tests.limits import LIMITS

STUDENT = """
import array, ctypes, datetime, os, select, signal, socket, sys, threading, time
from collections import OrderedDict, namedtuple
from decimal import Decimal
from enum import IntEnum
from unittest.mock import MagicMock

Point = namedtuple("Point", "x y")
class Level(IntEnum):
    HIGH = 3
class Text(str):
    def __str__(self): return "lie"
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Unspeakable(Exception):
    def __str__(self): raise RuntimeError
counter = 0
not_callable = 3

def value(kind):
    loop = []
    loop.append(loop)
    return {
        "pair": (1, "two"), "named": Point(1, 2), "ordered": OrderedDict(a=1), "enum": Level.HIGH,
        "subclass": Text("truth"), "nested": {"a": [None, True, 1.5, "ü"]},
        "bytes": b"x", "set": {1}, "datetime": datetime.datetime.now(), "decimal": [Decimal(1)],
        "mock": MagicMock(spec=list),
        "generator": (item for item in [1]), "object": object(), "nan": [float("nan")],
        "infinity": float("inf"), "cycle": loop, "huge": [10 ** 200], "surrogate": "\\ud800",
        "key": {1: 2}, "large": "x" * 200_000,
    }[kind]

def boom(): raise ValueError("no \\x1b[31m")
def outer(): boom()
def unspeakable(): raise Unspeakable
def leave(): sys.exit(0)
def no_such_stream():
    import boto3
    raise boto3.client("kinesis").exceptions.ResourceNotFoundException(
        {"Error": {"Code": "ResourceNotFoundException", "Message": "gone"}}, "DescribeStream")
def spin():
    while True:
        try:
            pass
        except BaseException:
            pass
def block(): select.select([], [], [])
def wait_with_children():
    if os.fork() == 0:
        block()
    os.wait()
def work_in_a_child():
    if os.fork() == 0:
        while time.process_time() < 1.5:
            pass
        os._exit(0)
    os.wait()
    return "done"
def sleep(seconds): time.sleep(seconds); return seconds
def sleep_for_ever():
    while True:
        try:
            time.sleep(1)
        except:
            pass
def work_after_many_threads():
    for _ in range(300):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    return work_in_a_child()
def flood():
    while True:
        print("x" * 10_000)
def hoard(): return [bytearray(1 << 28) for _ in range(40)]
def exit_now(): os._exit(0)
def litter():
    for number in range(5001):
        os.close(os.open(f"/tmp/{number}", os.O_CREAT))
def signal_runner():
    first = os.getppid()
    for number in range(1, signal.NSIG):
        if number != signal.SIGCHLD:
            os.kill(first, number)
    return first
def hold_answer_open():
    one, other = socket.socketpair()
    held = array.array("i", [one.fileno(), other.fileno(), 1, 2, 3])
    for end in (one, other):
        end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, held)])
    os._exit(0)
def kill_self(): os.kill(os.getpid(), signal.SIGSEGV)
def bomb():
    count = 0
    try:
        while True:
            if os.fork() == 0:
                block()
            count += 1
    except OSError:
        return count
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            block()
        os._exit(0)
    return True
def processes():
    seen = 0
    for pid in range(1, 2000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        except PermissionError:
            pass
        seen += 1
    return seen
def count():
    global counter
    counter += 1
    return counter
def leave_file():
    os.makedirs("/tmp/a/b")
    open("/tmp/a/b/c", "w").write("x")
    return os.listdir("/tmp")
def files(path): return os.listdir(path)
def can_import(name):
    __import__(name)
def connect(host, port):
    with socket.create_connection((host, port), timeout=5) as connection:
        return connection.getpeername()[1]
def fetch():
    import urllib.request
    return urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"]).read().decode()
def forge():
    for descriptor in range(64):
        try:
            os.write(descriptor, b"\\x00\\x00\\x00\\x02{}" * 10)
        except OSError:
            pass
    os._exit(0)
def forge_value():
    os.write(3, b'{"kind":"returned","value":"forged"}')
    os._exit(0)
def trace_runner(): return ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0)
def runner_memory(): return open(f"/proc/{os.getppid()}/mem", "rb").read(1).hex()
def identity(): return [os.getuid(), os.environ.get("HOME"), sorted(k for k in os.environ)]
def pool():
    from multiprocessing.pool import ThreadPool
    with ThreadPool(4) as threads:
        return threads.map(abs, [-1, -2])
def write_everywhere():
    taken = []
    for folder in ("/", "/submission", "/runner", "/runtime", "/dev", "/usr/lib", "/etc"):
        try:
            open(folder + "/x", "w")
            taken.append(folder)
        except OSError:
            pass
    return taken
"""


@pytest.fixture(scope="module")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a student's modules."""
    folder = tmp_path_factory.mktemp("student")
    folder.chmod(0o755)
    (folder / "code.py").unlink(missing_ok=True)
    (folder / "student.py").write_text(STUDENT)
    (folder / "helped.py").write_text("from student import boom\ndef f(): boom()\n")
    (folder / "broken.py").write_text("def f(:\n    pass\n")
    (folder / "failing.py").write_text("import nothing_like_that\n")
    (folder / "looping.py").write_text("while True: pass\n")
    (folder / "leaving.py").write_text("import os; os._exit(0)\n")
    (folder / "sleeping.py").write_text("import time; time.sleep(1e6)\n")
    (folder / "flooding.py").write_text("import os\nwhile True: os.write(3, b'x' * 60000)\n")
    return folder


@pytest.fixture(scope="module")
def sandbox(submission: Path) -> Iterator[Sandbox]:
    """Start one sandbox for all tests."""
    with Sandbox(submission, LIMITS) as sandbox:
        yield sandbox


@pytest.fixture
def call(sandbox: Sandbox) -> Callable[..., CallResult]:
    """Call a function of the student's module."""

    def do(function: str, *args: Any, **limits: Any) -> CallResult:
        changed = LIMITS.model_copy(update=limits)
        return sandbox.call("student", function, list(args), {}, changed)

    return do


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        ("pair", [1, "two"]),
        ("named", [1, 2]),
        ("ordered", {"a": 1}),
        ("enum", 3),
        ("subclass", "truth"),
        ("nested", {"a": [None, True, 1.5, "ü"]}),
    ],
)
def test_values_come_back_as_plain_json(
    call: Callable[..., CallResult], kind: str, plain: object
) -> None:
    """Whatever subclass they were: nothing that could lie crosses."""
    result = call("value", kind)

    assert isinstance(result, Returned)
    assert result.value == plain
    assert type(result.value) is type(plain)


@pytest.mark.parametrize(
    ("kind", "reason", "where"),
    [
        ("bytes", "type", ""),
        ("set", "type", ""),
        ("datetime", "type", ""),
        ("decimal", "type", "[0]"),
        ("generator", "type", ""),
        ("mock", "type", ""),
        ("object", "type", ""),
        ("nan", "nan", "[0]"),
        ("infinity", "nan", ""),
        ("cycle", "cycle_or_depth", "[0]" * 33),
        ("huge", "huge_int", "[0]"),
        ("surrogate", "bad_text", ""),
        ("key", "key", ""),
        ("large", "too_large", ""),
    ],
)
def test_what_is_no_plain_json_is_told(
    call: Callable[..., CallResult], kind: str, reason: str, where: str
) -> None:
    """A verdict with its place, never a crash."""
    result = call("value", kind)

    assert isinstance(result, Unsendable)
    assert (result.reason, result.where) == (reason, where)


def test_an_exception_comes_with_the_students_own_lines(call: Callable[..., CallResult]) -> None:
    """Frames of the runner and of libraries are left out."""
    result = call("outer")

    assert isinstance(result, Raised)
    assert (result.type_name, result.message) == ("ValueError", "no \x1b[31m")
    assert [(frame.file, frame.function) for frame in result.traceback] == [
        ("student.py", "outer"),
        ("student.py", "boom"),
    ]


def test_an_aws_error_keeps_its_code(call: Callable[..., CallResult]) -> None:
    """So that feedback can tell a throttle from a missing stream."""
    result = call("no_such_stream")

    assert isinstance(result, Raised)
    assert result.error_code == "ResourceNotFoundException"


@pytest.mark.parametrize("function", ["unspeakable", "leave"])
def test_odd_exceptions_are_told_too(call: Callable[..., CallResult], function: str) -> None:
    """One that cannot be printed, and SystemExit."""
    assert isinstance(call(function), Raised)


@pytest.mark.parametrize(
    ("module", "type_name", "file"),
    [("broken", "SyntaxError", "broken.py"), ("failing", "ModuleNotFoundError", "failing.py")],
)
def test_a_module_that_cannot_be_imported_is_told(
    sandbox: Sandbox, module: str, type_name: str, file: str
) -> None:
    """With the file and line."""
    result = sandbox.call(module, "f", [], {})

    assert isinstance(result, Raised)
    assert (result.type_name, result.during_import) == (type_name, True)
    assert result.traceback[-1].file == file


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("looping", "cpu"),
        ("leaving", "exited"),
        ("sleeping", "virtual_time"),
        ("flooding", "exited"),
    ],
)
def test_a_call_that_is_stopped_while_its_module_is_imported_says_so(
    sandbox: Sandbox, module: str, reason: str
) -> None:
    """The fault is not in the function that was called."""
    result = sandbox.call(module, "f", [], {}, LIMITS.model_copy(update={"cpu_seconds": 1}))

    assert isinstance(result, Stopped)
    assert (result.reason, result.during_import) == (reason, True)


@pytest.mark.parametrize(
    ("function", "reason"),
    [("spin", "cpu"), ("exit_now", "exited"), ("sleep_for_ever", "virtual_time")],
)
def test_a_call_that_is_stopped_in_the_function_says_so(
    call: Callable[..., CallResult], function: str, reason: str
) -> None:
    """Its module was imported before."""
    result = call(function, cpu_seconds=1)

    assert isinstance(result, Stopped)
    assert (result.reason, result.during_import) == (reason, False)


def test_modules_beside_the_graded_one_can_be_imported(sandbox: Sandbox) -> None:
    """Helpers come along."""
    result = sandbox.call("helped", "f", [], {})

    assert isinstance(result, Raised)
    assert result.type_name == "ValueError"


@pytest.mark.parametrize("confined", [True, False])
def test_a_helper_may_be_called_as_a_module_of_the_runner(tmp_path: Path, confined: bool) -> None:
    """The runner's own modules are in a package, so that they are in nobody's way."""
    names = sorted(path.stem for path in INSIDE.glob("*.py") if path.stem != "__init__")
    for name in names:
        (tmp_path / f"{name}.py").write_text(f"def own(): return '{name}'\n")
    imports = "".join(f"import {name}\n" for name in names)
    calls = ", ".join(f"{name}.own()" for name in names)
    (tmp_path / "student.py").write_text(f"{imports}def f(): return [{calls}]\n")
    tmp_path.chmod(0o755)

    with Sandbox(tmp_path, LIMITS, confined=confined) as sandbox:
        result = sandbox.call("student", "f", [], {})

    assert isinstance(result, Returned)
    assert result.value == names
    assert "runner" in names


def test_what_is_missing_is_told(sandbox: Sandbox) -> None:
    """A file, a function (with a function of a similar name), and a name of something else."""
    assert sandbox.call("nothing", "f", [], {}) == MissingModule("nothing")
    assert sandbox.call("student", "boomm", [], {}) == MissingFunction("student", "boomm", "boom")
    assert sandbox.call("student", "not_callable", [], {}) == MissingFunction(
        "student", "not_callable", None
    )


@pytest.mark.parametrize(
    ("function", "args", "limits", "reason"),
    [
        ("spin", [], {"cpu_seconds": 1}, "cpu"),
        ("block", [], {"wall_seconds": 0.5}, "wall"),
        ("block", [], {"still_seconds": 0.5}, "still"),
        ("wait_with_children", [], {"still_seconds": 0.5}, "still"),
        ("sleep", [365 * 86400], {}, "virtual_time"),
        ("sleep", [1e300], {}, "virtual_time"),
        ("sleep_for_ever", [], {}, "virtual_time"),
        ("flood", [], {}, "output"),
        ("exit_now", [], {}, "exited"),
        ("kill_self", [], {}, "signal"),
        ("forge", [], {}, "exited"),
        ("litter", [], {"wall_seconds": 60.0}, "runner_died"),
    ],
)
def test_each_end_has_its_reason_and_the_next_call_works(
    call: Callable[..., CallResult],
    function: str,
    args: list[Any],
    limits: dict[str, Any],
    reason: str,
) -> None:
    """The wait is bounded, the reason true, and nothing carries over."""
    result = call(function, *args, **limits)
    following = call("value", "pair")

    assert isinstance(result, Stopped)
    assert result.reason == reason
    assert isinstance(following, Returned)


@pytest.mark.parametrize("function", ["work_in_a_child", "work_after_many_threads"])
def test_a_call_whose_processes_work_does_not_stand_still(
    call: Callable[..., CallResult], function: str
) -> None:
    """Though the first of them only waits."""
    result = call(function, still_seconds=0.5)

    assert isinstance(result, Returned)
    assert result.value == "done"


def test_too_much_memory_is_a_memory_error(call: Callable[..., CallResult]) -> None:
    """The limit is on address space, so it strikes before the machine suffers."""
    result = call("hoard")

    assert isinstance(result, Raised)
    assert result.type_name == "MemoryError"


def test_calls_share_no_state(call: Callable[..., CallResult]) -> None:
    """Neither variables nor files."""
    results = [call("count"), call("count"), call("leave_file"), call("files", "/tmp")]

    assert [result.value for result in results if isinstance(result, Returned)] == [1, 1, ["a"], []]


def test_processes_are_bounded_and_end_with_the_call(call: Callable[..., CallResult]) -> None:
    """A fork bomb stays within its limit; daemons do not outlive the call."""
    before = call("processes")
    bomb = call("bomb")
    daemon = call("daemon")
    after = call("processes")

    assert isinstance(bomb, Returned)
    assert bomb.value <= LIMITS.processes
    assert isinstance(daemon, Returned)
    assert isinstance(before, Returned)
    assert isinstance(after, Returned)
    assert before.value == after.value


def test_a_call_can_be_stopped_from_another_thread(sandbox: Sandbox) -> None:
    """As the cloud does when a budget of requests is used up."""
    timer = threading.Timer(0.2, sandbox.stop, [StopReason.API_CALLS])
    timer.start()

    result = sandbox.call("student", "block", [], {})
    timer.join()
    following = sandbox.call("student", "count", [], {})

    assert isinstance(result, Stopped)
    assert result.reason == "api_calls"
    assert isinstance(following, Returned)


def test_student_code_cannot_signal_the_runner(sandbox: Sandbox) -> None:
    """It is the first process of its namespace: the kernel keeps its children's signals away."""
    result = sandbox.call("student", "signal_runner", [], {})

    assert isinstance(result, Returned)
    assert result.value == 1


def test_a_runner_that_is_stopped_costs_its_call_and_is_replaced(submission: Path) -> None:
    """The grader never waits without a limit."""
    quick = LIMITS.model_copy(update={"wall_seconds": 1.0})
    with Sandbox(submission, quick) as sandbox:
        sandbox.grace_seconds = 1.0
        first = sandbox.call("student", "count", [], {})
        os.kill(runner_of(sandbox), signal.SIGSTOP)
        result = sandbox.call("student", "count", [], {})
        following = sandbox.call("student", "count", [], {})

    assert isinstance(first, Returned)
    assert isinstance(result, Stopped)
    assert result.reason == "runner_died"
    assert isinstance(following, Returned)


def test_nothing_is_left_of_a_sandbox_that_is_closed(submission: Path) -> None:
    """Not even a runner that was stopped."""
    with Sandbox(submission, LIMITS) as sandbox:
        sandbox.call("student", "count", [], {})
        watched = os.pidfd_open(runner_of(sandbox))
        os.kill(runner_of(sandbox), signal.SIGSTOP)
    ended, _, _ = select.select([watched], [], [], 0)
    os.close(watched)

    assert ended


def test_a_sandbox_ends_when_the_grader_is_gone(submission: Path) -> None:
    """The grader was killed, and closed nothing: its end of the connection closes by itself."""
    grader = f"""
import sys
from pathlib import Path
from autograder.sandbox import Sandbox
from autograder.limits import Limits
from autograder.tests.sandbox.test_sandbox import runner_of
from autograder.tests.limits import LIMITS
with Sandbox(Path({str(submission)!r}), LIMITS) as sandbox:
    sandbox.call("student", "count", [], {{}})
    print(runner_of(sandbox), flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", grader], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        watched = os.pidfd_open(int(process.stdout.readline()))
        process.kill()
        ended, _, _ = select.select([watched], [], [], 60)
        os.close(watched)

    assert ended


def runner_of(sandbox: Sandbox) -> int:
    """Find the runner among the machine's processes: the child of the sandbox's first."""
    children = Path(f"/proc/{sandbox.pid}/task/{sandbox.pid}/children").read_text(encoding="ascii")
    (runner,) = map(int, children.split())
    return runner


def test_an_answer_whose_pipe_is_held_open_does_not_keep_the_runner(sandbox: Sandbox) -> None:
    """A descriptor can be on its way between two sockets that nobody has open."""
    result = sandbox.call("student", "hold_answer_open", [], {})

    assert isinstance(result, Stopped)
    assert result.reason == "exited"


def test_a_runner_that_dies_before_its_first_call_is_replaced(submission: Path) -> None:
    """No student code has run yet, so nobody has earned or lost anything."""
    with Sandbox(submission, LIMITS) as sandbox:
        os.kill(sandbox.pid, signal.SIGKILL)
        first = sandbox.call("student", "count", [], {})
        second = sandbox.call("student", "count", [], {})

    assert isinstance(first, Returned)
    assert isinstance(second, Returned)


def test_a_forged_answer_is_only_a_return_value(call: Callable[..., CallResult]) -> None:
    """Which the student may choose anyway."""
    result = call("forge_value")

    assert isinstance(result, Returned)
    assert result.value == "forged"


@pytest.mark.parametrize("function", ["trace_runner", "runner_memory"])
def test_the_runner_cannot_be_looked_into(call: Callable[..., CallResult], function: str) -> None:
    """Ptrace is refused, and there is no /proc."""
    result = call(function)

    refused = isinstance(result, Raised) and result.type_name == "FileNotFoundError"
    assert refused or (isinstance(result, Returned) and result.value == -1)


@pytest.mark.parametrize("name", ["moto", "pytest", "autograder", "pydantic", "werkzeug", "pip"])
def test_the_graders_packages_are_not_there(call: Callable[..., CallResult], name: str) -> None:
    """Least of all the hidden tests."""
    result = call("can_import", name)

    assert isinstance(result, Raised)
    assert result.type_name == "ModuleNotFoundError"


@pytest.mark.parametrize("path", ["/etc/passwd", "/usr/bin", "/home", "/var", "/sys"])
def test_the_machines_files_are_not_there(call: Callable[..., CallResult], path: str) -> None:
    """No shell, no users, no other files than the interpreter, wherever that lies."""
    result = call("files", path)

    found = result.value if isinstance(result, Returned) else []
    executable = this_interpreter().executable
    assert set(found) <= {parent.name for parent in executable.parents} | {executable.name}


def test_nothing_but_scratch_can_be_written(call: Callable[..., CallResult]) -> None:
    """The submission, the runtime and the devices are read-only."""
    result = call("write_everywhere")

    assert isinstance(result, Returned)
    assert result.value == []


def test_the_environment_says_nothing_of_the_machine(
    call: Callable[..., CallResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has only dummy keys and the endpoint."""
    monkeypatch.setenv("SECRET_TOKEN", "canary")

    result = call("identity")

    assert isinstance(result, Returned)
    uid, home, names = result.value
    assert uid != 0
    assert home == "/tmp"
    assert "AWS_ENDPOINT_URL" in names
    assert "SECRET_TOKEN" not in names


def test_only_the_endpoint_can_be_reached(
    sandbox: Sandbox, call: Callable[..., CallResult]
) -> None:
    """The sandbox's network has nothing but its own loopback; the grader serves on its socket."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    outside = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = sandbox.listener.dup()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    reached = call("fetch")
    host = call("connect", "127.0.0.1", outside.server_port)
    world = call("connect", "192.0.2.1", 80)
    server.shutdown()
    thread.join()
    server.socket.close()
    outside.server_close()

    assert isinstance(reached, Returned)
    assert reached.value == "hello"
    assert isinstance(host, Raised)
    assert isinstance(world, Raised)


def test_threads_can_be_used(call: Callable[..., CallResult]) -> None:
    """A ThreadPool of multiprocessing needs semaphores, which need shared memory."""
    result = call("pool")

    assert isinstance(result, Returned)
    assert result.value == [1, 2]


def test_nothing_is_left_after_closing(submission: Path) -> None:
    """The runner and all in its sandbox are gone."""
    sandbox = Sandbox(submission, LIMITS)
    sandbox.start()
    pid = sandbox.pid
    sandbox.call("student", "daemon", [], {})

    sandbox.close()

    assert not Path(f"/proc/{pid}").exists()


def test_without_walls_the_same_calls_work(submission: Path) -> None:
    """For trusted code: values, errors, limits and virtual time are the same."""
    with Sandbox(submission, LIMITS, confined=False) as sandbox:
        value = sandbox.call("student", "value", ["pair"], {})
        error = sandbox.call("student", "boom", [], {})
        asleep = sandbox.call("student", "sleep_for_ever", [], {})

    assert isinstance(value, Returned)
    assert isinstance(error, Raised)
    assert isinstance(asleep, Stopped)


def interpreter_for_all() -> Path | None:
    """Find a Python of this version, and packages for it, that every user may run."""
    packages = Path(pytest.__file__).parents[1]
    for python in (Path(sys.executable), Path("/usr/bin/python3")):
        real = python.resolve()
        of_this_version = real.name.endswith(f"3.{sys.version_info.minor}")
        folders = [*real.parents, packages, *packages.parents]
        if of_this_version and all(folder.stat().st_mode & 0o001 for folder in folders):
            return python
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user then")
def test_an_ordinary_user_gets_a_sandbox_too(tmp_path: Path) -> None:
    """With a user namespace, in which the process limit binds as well."""
    python = interpreter_for_all()
    if python is None:
        pytest.skip("every interpreter of this version lies in a private folder")
    script = tmp_path / "run.py"
    student = tmp_path / "student"
    student.mkdir()
    (student / "student.py").write_text(STUDENT)
    for path in (tmp_path, *tmp_path.parents):
        if path.name.startswith(("test_", "popen-", "pytest-")):
            path.chmod(0o755)
    script.write_text(
        textwrap.dedent("""
        import sys
        from pathlib import Path
        from autograder.sandbox import Sandbox
        from autograder.limits import Limits
        limits = Limits.model_validate_json(sys.argv[2])
        with Sandbox(Path(sys.argv[1]), limits) as sandbox:
            print(sandbox.call("student", "bomb", [], {}).value <= limits.processes)
            print(sandbox.call("student", "value", ["pair"], {}).value)
            memory = sandbox.memory
            print(memory.first in memory.processes(), memory.is_above(1 << 20))
        """)
    )

    ran = subprocess.run(
        [python, script, student, LIMITS.model_dump_json()],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path[1:])},
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (ran.stdout, ran.stderr) == ("True\n[1, 'two']\nTrue True\n", "")
