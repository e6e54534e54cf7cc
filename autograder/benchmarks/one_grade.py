"""What one grade costs, cold and warm, and who spends it."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.benchmarks.shares import as_lines
from autograder.benchmarks.submissions import (
    ASSIGNMENT,
    polling_for_ever,
    the_assignment,
    the_solution,
)
from autograder.benchmarks.timing import Spread, timed
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.foreman.launcher import Launcher
from autograder.grading.foreman.pytest_run import pytest_arguments
from autograder.sandbox import interpreter_for
from autograder.submission import Submission

RUN_SECONDS = 300.0


def cold_grade(repeats: int) -> Spread:
    """Grade the solution in a fresh process each time, as the README's command does."""
    course, assignment = the_assignment()
    command = [sys.executable, "-m", "autograder", "grade"]
    command += [str(course.solutions / assignment.id), "--assignment", ASSIGNMENT]

    def grade() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    grade()
    return timed(grade, repeats)


def warm_grade(submission: Submission, repeats: int) -> Spread:
    """Grade with an examiner that has graded before, as a class run does."""
    course, assignment = the_assignment()
    with Examiner(assignment, course) as examiner:
        examiner.grade(submission)
        return timed(lambda: examiner.grade(submission), repeats)


def shares_of(submission: Submission, repeats: int) -> dict[str, float]:
    """Return the seconds that each part of a warm grade takes: medians."""
    course, assignment = the_assignment()
    runs = []
    with Launcher() as launcher:
        for _ in range(repeats + 1):
            with tempfile.TemporaryDirectory(prefix="autograder-") as name:
                scratch = Path(name)
                scratch.chmod(0o755)
                stage, shares = scratch / "submission", scratch / "shares.json"
                stage.mkdir()
                submission.copy_to(stage)
                files = [f"test_{checkpoint.id}.py" for checkpoint in assignment.checkpoints]
                suite = course.suites / assignment.id
                python = interpreter_for(assignment.python)
                arguments = pytest_arguments(
                    suite, files, scratch, stage, "any", python, confined=True
                )
                plugin = ["-p", "autograder.benchmarks.shares", "--shares", str(shares)]
                launcher.run([*plugin, *arguments], scratch, RUN_SECONDS)
                runs.append(json.loads(shares.read_text()))
    counted = runs[1:]  # the first one found nothing warm
    return {part: statistics.median(run[part] for run in counted) for part in counted[0]}


def report(repeats: int) -> Iterator[str]:
    """Measure, line by line."""
    yield f"a cold grade          {cold_grade(repeats)}"
    solution = the_solution()
    warm = warm_grade(solution, repeats)
    yield f"a warm grade          {warm}"
    endless = warm_grade(polling_for_ever(), repeats)
    yield f"one that polls endlessly {endless.median - warm.median:5.2f} s more"
    yield "of a warm grade:"
    yield from as_lines(shares_of(solution, repeats))
