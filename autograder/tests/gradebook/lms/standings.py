"""Standings for tests, as the gradebook makes them."""

from autograder.gradebook.standing import CheckpointPoints, Standing
from autograder.gradebook.student import Student

COMMIT = "1" * 40


def a_student(name: str, **fields: str) -> Student:
    """Make a student of a roster."""
    return Student.model_validate({"id": name, "name": name.title(), **fields})


def a_standing(
    student: Student,
    points: float | None = 83.0,
    *,
    excused: bool = False,
    missing: bool = False,
    repository: str | None = None,
) -> Standing:
    """Make a standing of two checkpoints; no points means that the second one is not decided."""
    second = None if points is None else points - 30
    return Standing(
        student=student,
        checkpoints=(
            CheckpointPoints(id="writer", title="Writer", score=30, max_score=30),
            CheckpointPoints(id="rest", title="The rest", score=second, max_score=70),
        ),
        excused=excused,
        missing=missing,
        commit=COMMIT if repository else None,
        repository=repository,
    )
