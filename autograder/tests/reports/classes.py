"""Made-up results of a class of any size, with stronger and weaker students."""

import csv
import random
from pathlib import Path

from autograder.grading.grade import Feedback, Grade, Outcome, checkpoint_of
from autograder.tests.gradebook.students import a_grade

WHOLE = a_grade()
TESTS = [test.id for checkpoint in WHOLE.checkpoints for test in checkpoint.tests]
HINTS = ("Leave ExplicitHashKey out.", "Go on with NextShardIterator.", "Look again.")


def grade_with(outcomes: dict[str, Outcome], hint: str = HINTS[0], came_back: str = "b") -> Grade:
    """Make a grade with these lost tests, all with the same hint."""
    checkpoints = tuple(
        checkpoint_of(
            checkpoint.id,
            checkpoint.title,
            tuple(
                test.model_copy(
                    update={"feedback": Feedback(asked="a", came_back=came_back, hint=hint)}
                    if test.id in outcomes
                    else {}
                )
                for test in checkpoint.tests
            ),
        )
        for checkpoint in a_grade(outcomes).checkpoints
    )
    return WHOLE.model_copy(
        update={
            "checkpoints": checkpoints,
            "score": sum(checkpoint.score for checkpoint in checkpoints),
        }
    )


def write_class(folder: Path, students: int) -> Path:
    """Write results, feedback pages, attempts, a roster and hand-ins; return the folder.

    Three students of the roster handed in nothing; every third student was late.
    """
    rng = random.Random(6)
    (folder / "results").mkdir(parents=True)
    (folder / "feedback").mkdir()
    attempts = []
    for number in range(students):
        name = f"student-{number:04}"
        skill = rng.betavariate(4, 2)
        lost = {test: Outcome.WRONG for test in TESTS if rng.random() > skill}
        grade = grade_with(lost, rng.choice(HINTS))
        (folder / "results" / f"{name}.json").write_text(grade.model_dump_json())
        (folder / "feedback" / f"{name}.html").write_text("<!doctype html><title>Page</title>")
        attempts += [[name, grade.score * rng.random(), grade.max_score] for _ in range(number % 4)]
    with (folder / "attempts.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["student", "score", "max_score"], *attempts])
    rows = [
        f"id-{number},Name Of{number},{number}@x.org,student-{number:04}"
        for number in range(students + 3)
    ]
    (folder / "roster.csv").write_text("\n".join(["id,name,email,login", *rows, ""]))
    handed_in = [
        f"student-{number:04},2026-12-0{1 + number % 3}T12:00:00+00:00"
        for number in range(students)
    ]
    (folder / "handins.csv").write_text("\n".join(["student,handed_in_at", *handed_in, ""]))
    return folder
