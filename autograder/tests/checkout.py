"""A copy of this checkout to which an assignment can be added, and commands run in it."""

import io
import shutil
import signal
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.cli import main

OURS = Course.of_this_checkout().assignments.parent
FIRST, SECOND = "m06_partitioned_logs", "m07_word_count"
_SECOND_ASSIGNMENT = Path(__file__).with_name("second_assignment")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    output: str
    errors: str


def hear_interrupts() -> None:
    """Let a new process hear Ctrl+C: a shell has what it starts in the background ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def copy_checkout(folder: Path, *, second_assignment: bool = False) -> Path:
    """Copy the assignments of this checkout with their solutions and hidden tests.

    Args:
        folder: Where to; it does not exist yet.
        second_assignment: Whether to add the one that lies in the tests, with its stub built.
    """
    for name in ("assignments", "solutions", "autograder/suites"):
        shutil.copytree(OURS / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    if second_assignment:
        shutil.copytree(_SECOND_ASSIGNMENT, folder, dirs_exist_ok=True)
        done = run(folder, "build", "--assignment", SECOND)
        assert done.status == 0, done.errors
    return folder


def run(folder: Path, *arguments: str | Path) -> Done:
    """Run a command as if it were installed in the copy."""
    output, errors = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(output),
        redirect_stderr(errors),
    ):
        patch.setattr(Course, "of_this_checkout", classmethod(lambda cls: cls(folder)))
        patch.setattr("sys.argv", ["autograder", *map(str, arguments)])
        patch.setenv("COLUMNS", "120")
        with pytest.raises(SystemExit) as ended:
            main()
    return Done(int(ended.value.code or 0), output.getvalue(), errors.getvalue())
