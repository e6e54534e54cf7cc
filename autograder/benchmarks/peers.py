"""What others take for the same: plain pytest with mock_aws, nbgrader, otter."""

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.benchmarks.class_run import run_class
from autograder.benchmarks.exercises import SETUP, exercise_cells, solution_cells
from autograder.benchmarks.one_grade import cold_grade, warm_grade
from autograder.benchmarks.submissions import (
    WORKING,
    paced,
    the_assignment,
    the_solution,
)
from autograder.benchmarks.timing import Spread, timed
from autograder.grading.foreman.pool import WORKERS
from autograder.grading.foreman.pytest_run import pytest_arguments
from autograder.sandbox import interpreter_for
from autograder.submission import Submission

OTTER = "7.0.0"
MORE = 3
"""Submissions beyond the first, over which nbgrader's start is spread."""
LONGEST_SECONDS = 1800.0
_COURSE = """
c = get_config()
c.CourseDirectory.course_id = "course"
c.Exchange.root = "exchange"
c.ExecutePreprocessor.timeout = 600
"""


class PeerError(Exception):
    """A peer cannot be measured here."""


def report(repeats: int, submissions: int) -> Iterator[str]:
    """Measure, line by line."""
    each = 1 / run_class(submissions, WORKERS, WORKING).rate
    yield f"{'ours, in a class of which each is run as a whole':54}{each:7.2f} s a submission"
    slow, fast = paced(), the_solution()
    cold, warm = cold_grade(repeats).median, warm_grade(slow, repeats).median
    yield f"{'ours, alone in a fresh process':54}{cold:7.2f} s"
    yield f"{'ours, alone and warm, at the pace of the module':54}{warm:7.2f} s"
    peers: dict[str, Callable[[], float]] = {
        "the suite in pytest with mock_aws, at that pace": lambda: mock_aws_suite(slow, 1).median,
        "the suite in pytest with mock_aws, without a pause": lambda: (
            mock_aws_suite(fast, 1).median
        ),
        "nbgrader autograde, amortised, at that pace": lambda: nbgrader_amortised(slow, 1),
        "nbgrader autograde, amortised, without a pause": lambda: nbgrader_amortised(fast),
        f"otter {OTTER} run, without a pause": lambda: otter_run(fast).median,
    }
    for name, measure in peers.items():
        try:
            took = measure()
        except PeerError as error:
            yield f"{name}: skipped, {error}"
            continue
        ratios = " / ".join(f"{took / ours:.1f}" for ours in (cold, warm, each))
        yield f"{name:54}{took:7.2f} s: {ratios} times ours in a fresh process / warm / in a class"


def mock_aws_suite(submission: Submission, repeats: int) -> Spread:
    """Run the suite in one process with plain mock_aws and a real clock.

    Exercises that need the corrected cloud fail there; only the time is compared.
    """
    course, assignment = the_assignment()
    suite = course.suites / assignment.id
    files = [f"test_{checkpoint.id}.py" for checkpoint in assignment.checkpoints]
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        scratch, stage = Path(name), Path(name) / "submission"
        stage.mkdir()
        submission.copy_to(stage)
        python = interpreter_for(assignment.python)
        arguments = pytest_arguments(suite, files, scratch, stage, "any", python, confined=True)
        arguments[arguments.index("autograder.grading.foreman.plugin")] = (
            "autograder.benchmarks.plain_mock"
        )
        command = [sys.executable, "-P", "-m", "pytest", *arguments]
        return timed(
            lambda: subprocess.run(command, check=False, stdout=subprocess.DEVNULL), repeats
        )


def nbgrader_amortised(submission: Submission, more: int = MORE) -> float:
    """Return how much longer `nbgrader autograde` takes for each submission more: seconds."""
    return (_nbgrader(submission, 1 + more) - _nbgrader(submission, 1)) / more


def _nbgrader(submission: Submission, students: int) -> float:
    """Make a course with equal submissions, and time `nbgrader autograde`."""
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        course = Path(name)
        (course / "nbgrader_config.py").write_text(_COURSE)
        cells = list(_nbgrader_cells(submission.files))
        source = course / "source" / "m06" / "m06.ipynb"
        _write_notebook(source, cells)
        for number in range(students):
            _write_notebook(course / "submitted" / f"s{number}" / "m06" / "m06.ipynb", cells)
        nbgrader = [sys.executable, "-m", "nbgrader"]
        _run([*nbgrader, "generate_assignment", "m06"], course)
        took = timed(lambda: _run([*nbgrader, "autograde", "m06"], course), 1)
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
            scores = [submission.score for submission in gradebook.assignment_submissions("m06")]
        if scores != [len(list(exercise_cells()))] * students:
            raise PeerError(f"it gave scores of {scores}")
        return took.median


def _nbgrader_cells(files: Mapping[str, bytes]) -> Iterator[nbformat.NotebookNode]:
    yield new_code_cell(SETUP)
    for number, text in enumerate(solution_cells(files)):
        yield _nbgrader_cell(f"solution{number}", text, solution=True)
    for number, text in enumerate(exercise_cells()):
        yield _nbgrader_cell(f"test{number}", text, solution=False)


def _nbgrader_cell(name: str, text: str, *, solution: bool) -> nbformat.NotebookNode:
    about = {
        "schema_version": 3,
        "grade_id": name,
        "solution": solution,
        "grade": not solution,
        "locked": not solution,
        "task": False,
        **({} if solution else {"points": 1}),
    }
    return new_code_cell(text, metadata={"nbgrader": about})


def otter_run(submission: Submission) -> Spread:
    """Time `otter run` on a notebook with the same exercises, in a separate environment.

    Raises:
        PeerError: otter cannot be installed here, or does not run.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = Path(name)
        venv.create(folder / "env", with_pip=True)
        python = str(folder / "env" / "bin" / "python")
        wanted = [f"otter-grader=={OTTER}", "ipykernel"]
        wanted += [f"{package}=={version(package)}" for package in ("moto", "boto3")]
        _run([python, "-m", "pip", "install", "--quiet", *wanted], folder)
        tests = folder / "tests"
        tests.mkdir()
        exercises = list(exercise_cells())
        for number, text in enumerate(exercises):
            test = {
                "name": f"q{number}",
                "points": 1,
                "suites": [{"cases": [{"code": _as_doctest(text)}], "type": "doctest"}],
            }
            (tests / f"q{number}.py").write_text(f"OK_FORMAT = True\ntest = {json.dumps(test)}\n")
        cells = [new_code_cell(text) for text in (SETUP, *solution_cells(submission.files))]
        _write_notebook(folder / "m06.ipynb", cells)
        otter = [python, "-m", "otter"]
        _run(
            [*otter, "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], folder
        )
        (folder / "out").mkdir()
        command = [*otter, "run", "-a", "autograder.zip", "-o", "out", "m06.ipynb"]
        took = timed(lambda: _run(command, folder), 3)
        results = json.loads((folder / "out" / "results.json").read_text())
        passed = sum(test.get("score", 0) > 0 for test in results["tests"])
        if passed != len(exercises):
            raise PeerError(f"{passed} of its {len(exercises)} tests passed")
        return took


def _as_doctest(text: str) -> str:
    first, *rest = text.splitlines()
    return "\n".join([f">>> {first}", *(f"... {line}" for line in rest)])


def _write_notebook(path: Path, cells: Sequence[nbformat.NotebookNode]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)


def _run(command: Sequence[str], folder: Path) -> None:
    """Run a command, or say with its last line why it did not work."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"PATH": f"{Path(command[0]).parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerError(str(error)) from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise PeerError(f"{Path(command[2]).name} failed: {said[-1][:200] if said else ''}")
