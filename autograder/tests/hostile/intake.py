"""Attacks on the intake: folders that hold what no honest folder holds."""

import os
from collections.abc import Callable
from pathlib import Path

from autograder.assignment import Course
from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import ID, Attack, Declaration

GRADED = "compare_with_sqs.py"
SOLUTION = Course.of_this_checkout().solutions / ID / GRADED
INTAKE: list[Attack] = []

Maker = Callable[[Path], None]


def attack(*outcomes: Outcome, says: str = "", earns: float = 0.0) -> Callable[[Maker], Maker]:
    """Put a function that makes a hostile folder into the corpus."""

    def keep(make: Maker) -> Maker:
        declared = Declaration(outcomes=frozenset(outcomes), says=says, earns=earns)
        INTAKE.append(Attack(f"intake/{make.__name__}", declared, make))
        return make

    return keep


@attack(Outcome.REFUSED, says="not a plain, readable file")
def graded_file_is_a_link_to_the_solution(folder: Path) -> None:
    """Links to the reference solution on the grader's disk."""
    (folder / GRADED).symlink_to(SOLUTION)


@attack(Outcome.REFUSED, says="not a plain file")
def graded_file_is_a_fifo(folder: Path) -> None:
    """Would make whoever opens it wait for ever."""
    os.mkfifo(folder / GRADED)
