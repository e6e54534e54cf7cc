"""What a class run did about each student, in a few numbers, and as a table of the class."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import AutograderError
from autograder.grading.grade import Grade, Outcome, Status
from autograder.text import in_csv


class ClassAction(StrEnum):
    """What was done about a student."""

    GRADED = "graded"
    KEPT = "kept"
    """The result that was there is still right."""
    FAILED = "failed"
    """The grader failed; a result that was there before stays."""
    MISSING = "not handed in"
    LEFT_ALONE = "left alone"
    """Not looked at this time; a result that was there before stays."""


@dataclass(frozen=True)
class StudentOutcome:
    """What was done about one student, and the grade in a few numbers."""

    student: str
    action: ClassAction
    points: Mapping[str, float]
    """By checkpoint, those that are decided. Empty without a grade."""
    score: float
    max_score: float
    state: str
    """That of the checkpoint that is furthest from decided; without a grade, the reason."""
    problem: str
    """What failed on the grader's side; else empty."""
    open_points: float = 0.0
    """Points that are neither given nor lost yet."""
    unreadable: int = 0
    """Tests that could not read what the code left behind: an instructor should look at them."""


def outcome_of(
    student: str, action: ClassAction, grade: Grade | None, problem: str = ""
) -> StudentOutcome:
    """Sum a grade up; a class's grades as a whole would not fit into memory."""
    if grade is None:
        return StudentOutcome(student, action, {}, 0.0, 0.0, action.value, problem)
    states = {checkpoint.status for checkpoint in grade.checkpoints}
    order = (Status.INCOMPLETE, Status.UNMARKED, Status.COMPLETE)
    return StudentOutcome(
        student=student,
        action=action,
        points={checkpoint.id: checkpoint.score for checkpoint in grade.checkpoints},
        score=grade.score,
        max_score=grade.max_score,
        state=next(state for state in order if state in states).value,
        problem=problem,
        open_points=grade.open_points,
        unreadable=grade.count(Outcome.UNREADABLE),
    )


def grades_table(outcomes: Iterable[StudentOutcome], assignment: Assignment) -> str:
    """Write a row for each student: decided points by checkpoint, and how many are open."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    checkpoints = [checkpoint.id for checkpoint in assignment.checkpoints]
    writer.writerow(["student", *checkpoints, "score", "max_score", "open_points", "state"])
    for outcome in sorted(outcomes, key=lambda outcome: outcome.student):
        points = [outcome.points.get(checkpoint) for checkpoint in checkpoints]
        sums = [outcome.score, outcome.max_score, outcome.open_points]
        scores = sums if outcome.points else [None] * len(sums)
        row = ["" if value is None else value for value in (*points, *scores)]
        writer.writerow([in_csv(outcome.student), *row, outcome.state])
    return file.getvalue()


def note_attempt(path: Path, student: str, score: float, max_score: float) -> None:
    """Append to a table what a submission was worth that another one has replaced.

    Raises:
        AutograderError: It cannot be written.
    """
    is_new = not path.exists()
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            if is_new:
                rows.writerow(["student", "score", "max_score"])
            rows.writerow([in_csv(student), score, max_score])
    except OSError as error:
        raise AutograderError(f"{path} cannot be written: {error.strerror}") from None
