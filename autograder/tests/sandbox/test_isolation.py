"""Student code in the sandbox cannot reach, see or leave behind anything outside of its call."""

import http.server
import threading
from collections.abc import Callable
from typing import Any

import pytest

from autograder.sandbox import (
    CallResult,
    Raised,
    Returned,
    Sandbox,
)
from autograder.sandbox.interpreter import this_interpreter
from autograder.tests.limits import LIMITS


def test_calls_share_no_state(call: Callable[..., CallResult]) -> None:
    """Neither variables nor files are kept."""
    results = [call("count"), call("count"), call("leave_file"), call("files", "/tmp")]

    assert [result.value for result in results if isinstance(result, Returned)] == [1, 1, ["a"], []]


def test_processes_are_limited_and_end_with_the_call(call: Callable[..., CallResult]) -> None:
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


def test_student_code_cannot_signal_the_runner(sandbox: Sandbox) -> None:
    """The runner is process 1 of its namespace, so the kernel drops its children's signals."""
    result = sandbox.call("student", "signal_runner", [], {})

    assert isinstance(result, Returned)
    assert result.value == 1


def test_a_forged_answer_is_only_a_return_value(call: Callable[..., CallResult]) -> None:
    """Students may choose the return value anyway."""
    result = call("forge_value")

    assert isinstance(result, Returned)
    assert result.value == "forged"


@pytest.mark.parametrize("function", ["trace_runner", "runner_memory"])
def test_the_runners_memory_cannot_be_read(call: Callable[..., CallResult], function: str) -> None:
    """Ptrace is refused, and /proc is not mounted."""
    result = call(function)

    refused = isinstance(result, Raised) and result.type_name == "FileNotFoundError"
    assert refused or (isinstance(result, Returned) and result.value == -1)


@pytest.mark.parametrize("name", ["moto", "pytest", "autograder", "pydantic", "werkzeug", "pip"])
def test_the_graders_packages_are_not_there(call: Callable[..., CallResult], name: str) -> None:
    """The hidden tests are among the packages that are missing."""
    result = call("can_import", name)

    assert isinstance(result, Raised)
    assert result.type_name == "ModuleNotFoundError"


@pytest.mark.parametrize("path", ["/etc/passwd", "/usr/bin", "/home", "/var", "/sys"])
def test_the_machines_files_are_not_there(call: Callable[..., CallResult], path: str) -> None:
    """The shell, the list of users and all files except the interpreter's are missing."""
    result = call("files", path)

    found = result.value if isinstance(result, Returned) else []
    executable = this_interpreter().executable
    assert set(found) <= {parent.name for parent in executable.parents} | {executable.name}


def test_nothing_but_scratch_can_be_written(call: Callable[..., CallResult]) -> None:
    """The submission, the runtime and the devices are read-only."""
    result = call("write_everywhere")

    assert isinstance(result, Returned)
    assert result.value == []


def test_the_environment_reveals_nothing_about_the_machine(
    call: Callable[..., CallResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It contains only dummy keys and the endpoint."""
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
    """The sandbox's network has only a loopback device; the grader listens on its socket."""

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
    """The ThreadPool of multiprocessing needs semaphores, which need shared memory."""
    result = call("pool")

    assert isinstance(result, Returned)
    assert result.value == [1, 2]
