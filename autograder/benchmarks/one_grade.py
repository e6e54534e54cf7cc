"""What one grade costs, cold and warm, and who spends it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.benchmarks import profile, unit_costs
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


def warm_grade(submission: Submission, repeats: int, side_by_side: int = 1) -> Spread:
    """Grade with an examiner that has graded before, in one part as a class run does."""
    course, assignment = the_assignment()
    with Examiner(assignment, course, side_by_side=side_by_side) as examiner:
        examiner.grade(submission)
        return timed(lambda: examiner.grade(submission), repeats)


def profile_of(submission: Submission, repeats: int) -> dict[str, Any]:
    """Profile warm grades; return the one whose processor time is the median."""
    course, assignment = the_assignment()
    profiles = []
    with Launcher() as launcher:
        for _ in range(repeats + 1):
            with tempfile.TemporaryDirectory(prefix="autograder-") as name:
                scratch = Path(name)
                scratch.chmod(0o755)
                stage, written = scratch / "submission", scratch / "profile.json"
                stage.mkdir()
                submission.copy_to(stage)
                files = [f"test_{checkpoint.id}.py" for checkpoint in assignment.checkpoints]
                suite = course.suites / assignment.id
                python = interpreter_for(assignment.python)
                arguments = pytest_arguments(
                    suite, files, scratch, stage, "any", python, confined=True
                )
                plugin = ["-p", "autograder.benchmarks.profile", "--profile-to", str(written)]
                launcher.run([*plugin, *arguments], scratch, RUN_SECONDS)
                profiles.append(json.loads(written.read_text()))
    counted = profiles[1:]  # the first one found nothing warm
    by_cost = sorted(counted, key=lambda profile: sum(profile["parts"].values()))
    median: dict[str, Any] = by_cost[len(by_cost) // 2]
    return median


def report(repeats: int) -> Iterator[str]:
    """Measure, line by line."""
    yield f"a cold grade                {cold_grade(repeats)}"
    solution = the_solution()
    yield f"a warm grade in two parts   {warm_grade(solution, repeats, side_by_side=2)}"
    warm = warm_grade(solution, repeats)
    yield f"a warm grade, as in a class {warm}"
    endless = warm_grade(polling_for_ever(), repeats)
    yield f"one that polls endlessly    {endless.median - warm.median:7.2f} s more"
    yield "a warm grade's processor time, with the profiler:"
    yield from profile.as_lines(profile_of(solution, repeats))
    yield "processor time of the student's code:"
    yield from unit_costs.as_lines(unit_costs.unit_costs(repeats * 10))
