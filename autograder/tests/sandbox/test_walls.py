"""If any part of the isolation is missing, the runner says so and ends."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.sandbox.bubblewrap import find_bubblewrap, runner_command, sandbox_command
from autograder.sandbox.interpreter import this_interpreter
from autograder.sandbox.system_calls import filter_file


def look(folder: Path, change: Callable[[list[str]], list[str]]) -> str:
    """Start a sandbox with a changed command line; return its report on missing isolation."""
    folder.chmod(0o755)
    with filter_file() as filter_:
        python = this_interpreter()
        walls = sandbox_command(find_bubblewrap(), folder, filter_.fileno(), python)
        ran = subprocess.run(
            [*change([*walls, *runner_command(python)]), "--check"],
            env={},
            pass_fds=[filter_.fileno()],
            capture_output=True,
            text=True,
            check=False,
        )
    return ran.stderr.strip()


def without(*options: str) -> Callable[[list[str]], list[str]]:
    """Return a change that removes an option with its values."""

    def change(command: list[str]) -> list[str]:
        at = next(i for i in range(len(command)) if command[i : i + len(options)] == list(options))
        return command[:at] + command[at + len(options) :]

    return change


def without_filter(command: list[str]) -> list[str]:
    """Remove the filter of system calls."""
    at = command.index("--seccomp")
    return command[:at] + command[at + 2 :]


def sharing(kind: str) -> Callable[[list[str]], list[str]]:
    """Return a change that shares a namespace with the machine."""

    def change(command: list[str]) -> list[str]:
        if kind == "pid":
            command = without("--as-pid-1")(command)
        if "--unshare-all" not in command:
            return without(f"--unshare-{kind}")(command)
        others = [f"--unshare-{other}" for other in ("pid", "net", "ipc", "uts") if other != kind]
        at = command.index("--unshare-all")
        return [*command[:at], *others, *command[at + 1 :]]

    return change


def with_proc(command: list[str]) -> list[str]:
    """Show /proc."""
    at = command.index("--dev")
    return [*command[:at], "--proc", "/proc", *command[at:]]


def large(command: list[str]) -> list[str]:
    """Remove the limits on the size of writable folders."""
    return without("--size", str(16 << 20))(without("--size", str(16 << 20))(command))


def writable(command: list[str]) -> list[str]:
    """Make the submission writable."""
    at = command.index("/submission")
    command[at - 2] = "--bind"
    return command


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (sharing("net"), "it is on the machine's network"),
        (sharing("pid"), "it shares its processes with the machine"),
        (without_filter, "system calls are not filtered"),
        (with_proc, "/proc can be seen"),
        (large, "/tmp is not bounded"),
        (writable, "/submission can be written"),
        (without("--remount-ro", "/"), "/ can be written"),
        (without("--remount-ro", "/dev"), "/dev can be written"),
        (without("--hostname", "sandbox"), "it knows the machine's name"),
    ],
)
def test_a_missing_wall_is_reported(
    tmp_path: Path, change: Callable[[list[str]], list[str]], message: str
) -> None:
    """The cause may be another bubblewrap, or a kernel that ignores an option."""
    assert look(tmp_path, change) == f"half a sandbox is none: {message}"


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user is not root in the sandbox either")
def test_root_is_refused(tmp_path: Path) -> None:
    """The limit on processes does not apply to root."""

    def as_root(command: list[str]) -> list[str]:
        at = command.index("--uid")
        return command[:at] + command[at + 2 :]

    assert look(tmp_path, as_root) == "half a sandbox is none: it runs as root"


def test_a_complete_sandbox_reports_nothing(tmp_path: Path) -> None:
    """All parts of its isolation are there."""
    assert look(tmp_path, lambda command: command) == ""
