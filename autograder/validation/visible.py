"""Runs the visible checks of the student repository on the corpus, to see what they catch.

The checks should catch most of what the hidden tests catch, so that a student who runs them loses
few points by surprise. Worse is a right submission that a check refuses: its author looks for a
fault that is not there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError
from autograder.submission import Submission
from autograder.validation.corpus import DeclaredSubmission

RUN_SECONDS = 300
"""A run with an endless loop in each call takes about a minute on a busy machine."""
_NOT_HANDED_OUT = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv", "uv.lock")
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")


def lay_out(repository: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    """Copy a student repository to a folder that is not there yet, with these files in place."""
    shutil.copytree(repository, folder, ignore=_NOT_HANDED_OUT)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def environment_of_students() -> dict[str, str]:
    """Return what a student's shell has, and nothing else of our environment."""
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # students install no plugins
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }


def run_visible_checks(
    folder: Path, arguments: Iterable[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run pytest in a student repository as a student does, with nothing else of our environment.

    Raises:
        subprocess.TimeoutExpired: It took far too long.
    """
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env={**environment_of_students(), **environment},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=RUN_SECONDS,
        check=False,
    )


def problem_of_checks(repository: Path, solution: Submission) -> str | None:
    """Run all visible checks on the solution; return the first line of what failed, if any.

    Raises:
        subprocess.TimeoutExpired: They took far too long.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "repository"
        lay_out(repository, folder, solution.files)
        done = run_visible_checks(folder, [], {})
    if done.returncode == 0:
        return None
    errors = [line for line in done.stdout.splitlines() if line.startswith(("E ", "  failed"))]
    return errors[0].removeprefix("E").strip() if errors else f"pytest ended with {done.returncode}"


def refused_by_checks(
    submissions: Sequence[DeclaredSubmission],
    solution: Submission,
    assignment: Assignment,
    course: Course,
    *,
    workers: int,
    on_done: Callable[[], None] = lambda: None,
) -> set[str]:
    """Name the submissions that fail a visible check, each laid over the solution.

    Only the checks that the submission's files bear on are run, and only up to the first failure.

    Raises:
        AssignmentError: The checks could not be run.
    """
    repository = course.assignments / assignment.id

    def is_refused(declared: DeclaredSubmission) -> bool:
        checks = [
            f"checks/test_{checkpoint.id}.py"
            for checkpoint in assignment.checkpoints
            if declared.files & {*checkpoint.files}
        ]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch) / "repository"
            lay_out(repository, folder, declared.assemble(solution).files)
            try:
                status = run_visible_checks(folder, ["--exitfirst", *checks], {}).returncode
            except subprocess.TimeoutExpired:
                status = 1
        on_done()
        if status not in (0, 1):
            raise AssignmentError(f"{declared.name}: pytest ended its visible checks with {status}")
        return status == 1

    with ThreadPoolExecutor(workers) as pool:
        refused = list(pool.map(is_refused, submissions))
    return {
        declared.name
        for declared, was_refused in zip(submissions, refused, strict=True)
        if was_refused
    }
