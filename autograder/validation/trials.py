"""Grades many submissions side by side, each only where its changed files matter."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console

from autograder.assignment import Assignment, Course
from autograder.feedback.content import without_cases
from autograder.feedback.text import print_lost_points
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.foreman.pool import ExaminerPool
from autograder.grading.grade import OPEN, Grade, Outcome
from autograder.submission import Submission


@dataclass(frozen=True)
class Candidate:
    """A submission to try, and the files that set it apart from the solution."""

    name: str
    submission: Submission
    files: frozenset[str]
    seed: str


@dataclass(frozen=True)
class Trial:
    """How a candidate was graded."""

    candidate: Candidate
    outcomes: dict[str, Outcome]
    """By test id, in the checkpoints that the changed files belong to."""
    feedback: str
    """What a student would read of the lost points."""
    grader_log: str
    """What failed on the grader's side; else empty."""

    @property
    def failed(self) -> frozenset[str]:
        """Ids of the tests that it did not pass; one whose points are open has not failed."""
        good = OPEN | {Outcome.PASSED}
        return frozenset(
            test_id for test_id, outcome in self.outcomes.items() if outcome not in good
        )

    @property
    def grader_failed(self) -> frozenset[str]:
        """Ids of the tests that judged nothing, since the grader failed."""
        return frozenset(
            name for name, outcome in self.outcomes.items() if outcome is Outcome.GRADER_ERROR
        )


def try_all(
    candidates: Iterable[Candidate],
    assignment: Assignment,
    course: Course,
    *,
    workers: int,
    on_done: Callable[[], None] = lambda: None,
) -> list[Trial]:
    """Grade all candidates, some in parallel, and return their trials in the order given.

    Args:
        candidates: What to grade.
        assignment: What they answer.
        course: Where the hidden suite is.
        workers: How many are graded in parallel.
        on_done: Called after each, from any thread.
    """
    order = list(candidates)

    def grade(examiner: Examiner, position: int) -> tuple[int, Trial]:
        candidate = order[position]
        concerned = [
            checkpoint.id
            for checkpoint in assignment.checkpoints
            if candidate.files & {*checkpoint.files}
        ]
        grade, grader_log = examiner.grade(
            candidate.submission, checkpoints=concerned, seed=candidate.seed
        )
        on_done()
        outcomes = {
            test.id: test.outcome for checkpoint in grade.checkpoints for test in checkpoint.tests
        }
        return position, Trial(candidate, outcomes, lost_points(grade), grader_log)

    with ExaminerPool(assignment, course, workers) as pool:
        trials = dict(pool.each(grade, range(len(order))))
    return [trials[position] for position in range(len(order))]


def lost_points(grade: Grade) -> str:
    """Write a grade's lost points as a student reads them in a plain terminal."""
    file = io.StringIO()
    print_lost_points(
        without_cases(grade), Console(file=file, width=100, highlight=False, markup=False)
    )
    return file.getvalue().lstrip("\n")
