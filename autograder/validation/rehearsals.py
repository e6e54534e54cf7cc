"""Rehearses the cases of lost tests as students do, and compares what happens with the grade.

For each wrong submission, the lost tests are run once more, and note how the calls of the
student's functions ended. Each case is then played in a clone of the student repository: with the
wrong submission, and with the reference solution, which must come out right.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError
from autograder.grading.foreman.report import TESTS_FAILED, TESTS_PASSED
from autograder.grading.judge.plan import SuitePlan
from autograder.sandbox import StopReason
from autograder.submission import Submission
from autograder.validation.corpus import DeclaredSubmission
from autograder.validation.visible import environment_of_students, lay_out

PLAY_SECONDS = 300
"""How long one case may take, or a few dozen together."""
OBSERVE_SECONDS = 1200
"""How long all lost tests of a submission may take together."""
_STOPPED = frozenset({*StopReason, "TooLong", "MemoryError", "EndedProcessError"})
"""How a call ends that exceeds a limit, or ends the process."""
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
    solution_difference: str = ""
    """Where that of the reference solution differs from how it passes the test."""


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
    repository, suite = course.assignments / assignment.id, course.suites / assignment.id

    def rehearse(declared: DeclaredSubmission) -> list[LostTest]:
        tests = [str(suite / test.node_id) for test in plan.tests if test.id in declared.fails]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            theirs, right = Path(scratch) / "theirs", Path(scratch) / "right"
            lay_out(repository, theirs, declared.assemble(solution).files)
            lay_out(repository, right, solution.files)
            lost = [
                each for each in _observed(declared.name, theirs, tests, suite) if each["is_lost"]
            ]
            passed = {
                each["test"]: each["calls"]
                for each in _observed(declared.name, right, tests, suite)
            }
            words = [each["case"] for each in lost if each["case"]]
            played = iter(play_at_home(theirs, words))
            played_right = iter(play_at_home(right, words))
        on_done()
        return [
            LostTest(
                declared.name,
                each["test"],
                each["case"],
                each["no_case"],
                difference_of(each["calls"], next(played)) if each["case"] else "",
                solution_difference(passed[each["test"]], next(played_right))
                if each["case"]
                else "",
            )
            for each in lost
        ]

    with ThreadPoolExecutor(workers) as pool:
        return [lost for found in pool.map(rehearse, submissions) for lost in found]


def _observed(
    seed: str, submission: Path, tests: Sequence[str], suite: Path
) -> list[dict[str, Any]]:
    """Run hidden tests on a submission; return their cases, and how the calls ended."""
    notes = submission.with_suffix(".jsonl")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-p", "autograder.grading.foreman.plugin", "--submission", str(submission),
         "--seed", seed, "--observe", str(notes), *tests],
        cwd=suite.parents[2], capture_output=True, text=True, check=False, timeout=OBSERVE_SECONDS,
    )  # fmt: skip
    if ran.returncode not in (TESTS_PASSED, TESTS_FAILED):
        raise AssignmentError(f"{seed}: pytest ended with {ran.returncode}: {ran.stdout}")
    lines = notes.read_text("utf-8").splitlines() if notes.exists() else []
    return [json.loads(line) for line in lines]


def play_at_home(folder: Path, words: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Play cases in a clone of the student repository, as a student does; tell how they ended.

    Code that ends the process, or never ends, costs its own case only.
    """
    ends: list[list[dict[str, Any]]] = []
    while remaining := words[len(ends) :]:
        try:
            ran = subprocess.run(
                [sys.executable, "-c", _PLAYER],
                cwd=folder, env=environment_of_students(), input=json.dumps(remaining).encode(),
                capture_output=True, check=False, timeout=PLAY_SECONDS,
            )  # fmt: skip
            output, problem = ran.stdout, ran.stderr[-300:].decode(errors="replace")
        except subprocess.TimeoutExpired as error:
            output, problem = error.stdout or b"", f"no end within {PLAY_SECONDS} s"
        complete = output[: output.rfind(b"\n") + 1].splitlines()
        ends += [json.loads(line) for line in complete] or [[{"error": problem}]]
    return ends


def solution_difference(
    graded: Sequence[Mapping[str, Any]], played: Sequence[Mapping[str, Any]]
) -> str:
    """Compare the calls that the solution's grade and a case have in common.

    A case ends where a fault came to light, or has a further call that looked for its cause.
    """
    common = min(len(graded), len(played))
    if not common:
        return "no call"
    return difference_of(graded[:common], played[:common])


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
