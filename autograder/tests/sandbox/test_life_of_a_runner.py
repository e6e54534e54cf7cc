"""How a runner starts, is replaced and ends, with and without isolation."""

import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from autograder.sandbox import (
    Raised,
    Returned,
    Sandbox,
    Stopped,
    StopReason,
)
from autograder.tests.limits import LIMITS
from autograder.tests.sandbox.submission import STUDENT, runner_of


def test_a_call_can_be_stopped_from_another_thread(sandbox: Sandbox) -> None:
    """The cloud does this when a budget of requests is used up."""
    ended = threading.Event()

    def stop_until_it_ends() -> None:
        # The first calls of stop may come before the call has begun, and then do nothing.
        while not ended.wait(0.05):
            sandbox.stop(StopReason.API_CALLS)

    stopper = threading.Thread(target=stop_until_it_ends, daemon=True)
    stopper.start()

    result = sandbox.call("student", "block", [], {})
    ended.set()
    stopper.join()
    following = sandbox.call("student", "count", [], {})

    assert isinstance(result, Stopped)
    assert result.reason == "api_calls"
    assert isinstance(following, Returned)


def test_a_runner_that_is_stopped_ends_its_call_and_is_replaced(submission: Path) -> None:
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


def test_a_closed_sandbox_leaves_nothing(submission: Path) -> None:
    """Even a stopped runner is removed."""
    with Sandbox(submission, LIMITS) as sandbox:
        sandbox.call("student", "count", [], {})
        watched = os.pidfd_open(runner_of(sandbox))
        os.kill(runner_of(sandbox), signal.SIGSTOP)
    ended, _, _ = select.select([watched], [], [], 0)
    os.close(watched)

    assert ended


def test_a_sandbox_ends_with_the_grader(submission: Path) -> None:
    """If the grader is killed, the kernel closes its end of the connection."""
    grader = f"""
import sys
from pathlib import Path
from autograder.sandbox import Sandbox
from autograder.limits import Limits
from autograder.tests.sandbox.submission import runner_of
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


def test_an_answer_whose_pipe_is_held_open_does_not_keep_the_runner(sandbox: Sandbox) -> None:
    """A descriptor can be in transit between two sockets that no process has open."""
    result = sandbox.call("student", "hold_answer_open", [], {})

    assert isinstance(result, Stopped)
    assert result.reason == "exited"


def test_a_runner_that_dies_before_its_first_call_is_replaced(submission: Path) -> None:
    """No student code has run yet, so the student is not affected."""
    with Sandbox(submission, LIMITS) as sandbox:
        os.kill(sandbox.pid, signal.SIGKILL)
        first = sandbox.call("student", "count", [], {})
        second = sandbox.call("student", "count", [], {})

    assert isinstance(first, Returned)
    assert isinstance(second, Returned)


def test_nothing_is_left_after_closing(submission: Path) -> None:
    """The runner and all processes in its sandbox are gone."""
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
    """Return a Python of this version, and its packages, that every user may run."""
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
    """It uses a user namespace, in which the process limit applies as well."""
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
            processes = sandbox.processes
            print(processes.first in processes.processes(), processes.is_above(1 << 20))
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
