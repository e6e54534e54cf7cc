"""Rehearses the cases of lost tests as students do, and compares what happens with the grade.

For each wrong submission, the lost tests are run once more, and note how the calls of the
student's functions ended. Each case is then played in a clone of the student repository.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError
from autograder.grading.judge.plan import SuitePlan
from autograder.sandbox import StopReason
from autograder.submission import Submission
from autograder.validation.corpus import DeclaredSubmission
from autograder.validation.visible import environment_of_students, lay_out

PLAY_SECONDS = 300
_STOPPED = frozenset({*StopReason, "TooLong", "MemoryError"})
"""How a call ends that exceeds a limit."""
_PLAYER = """
import json, sys
sys.path.insert(0, ".")
from checks.rehearsal import observed, play
for word in json.load(sys.stdin):
    print(json.dumps([observed(call) for call in play(word)]), flush=True)
"""


@dataclass(frozen=True)
class LostTest:
    """A test that a submission lost, and how its case plays."""

    submission: str
    test: str
    case: str | None
    no_case: str | None
    difference: str = ""
    """Where the rehearsal differs from what the grader saw; empty if nowhere."""


def rehearse_cases(
    submissions: Sequence[DeclaredSubmission],
    solution: Submission,
    assignment: Assignment,
    course: Course,
    plan: SuitePlan,
    *,
    workers: int,
    on_done: Callable[[], None] = lambda: None,
) -> list[LostTest]:
    """Rehearse the lost tests of wrong submissions, in the order given.

    Raises:
        AssignmentError: The tests or the rehearsals could not be run.
    """

    def rehearse(declared: DeclaredSubmission) -> list[LostTest]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch) / "repository"
            files = declared.assemble(solution).files
            lay_out(course.assignments / assignment.id, folder, files)
            noted = _observed(declared, folder, course.suites / assignment.id, plan)
            played = _played(folder, [each["case"] for each in noted if each["case"]])
        on_done()
        return [
            LostTest(
                declared.name,
                each["test"],
                each["case"],
                each["no_case"],
                difference_of(each["calls"], next(played)) if each["case"] else "",
            )
            for each in noted
        ]

    with ThreadPoolExecutor(workers) as pool:
        return [lost for found in pool.map(rehearse, submissions) for lost in found]


def _observed(
    declared: DeclaredSubmission, submission: Path, suite: Path, plan: SuitePlan
) -> list[dict[str, Any]]:
    """Run the tests that a submission loses; return their cases, and how the calls ended."""
    notes = submission.with_name("observed.jsonl")
    tests = [str(suite / test.node_id) for test in plan.tests if test.id in declared.fails]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-p", "autograder.grading.foreman.plugin", "--submission", str(submission),
         "--seed", declared.name, "--observe", str(notes), *tests],
        cwd=suite.parents[2], capture_output=True, text=True, check=False, timeout=PLAY_SECONDS,
    )  # fmt: skip
    if ran.returncode != 1:
        raise AssignmentError(f"{declared.name}: pytest ended with {ran.returncode}: {ran.stdout}")
    lines = notes.read_text("utf-8").splitlines() if notes.exists() else []
    return [json.loads(line) for line in lines]


def _played(folder: Path, words: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Play cases in a clone of the student repository, as a student does; tell how they ended."""
    ran = subprocess.run(
        [sys.executable, "-c", _PLAYER],
        cwd=folder, env=environment_of_students(), input=json.dumps(words), capture_output=True,
        text=True, check=False, timeout=PLAY_SECONDS,
    )  # fmt: skip
    lines = ran.stdout.splitlines()
    ends = [json.loads(line) for line in lines]
    return iter(ends + [[{"error": ran.stderr[-300:]}]] * (len(words) - len(ends)))


def difference_of(graded: Sequence[Mapping[str, Any]], played: Sequence[Mapping[str, Any]]) -> str:
    """Say in which respect two plays of one case differ first; empty if in none."""
    if len(graded) != len(played):
        return f"{len(graded)} calls, but {len(played)} at home"
    for number, (here, there) in enumerate(zip(graded, played, strict=True), start=1):
        if here.get("error") in _STOPPED and there.get("error") in _STOPPED:
            continue  # by another limit, at another moment
        for key in ("error", "value", "streams", "queues", "answers"):
            if here.get(key) != there.get(key):
                graded_as, at_home = _cut(here.get(key)), _cut(there.get(key))
                return f"call {number}: {key}: {graded_as}, but at home {at_home}"
    return ""


def _cut(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
