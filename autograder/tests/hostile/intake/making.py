"""Shared by the functions that make hostile folders: the decorator and the honest file."""

from collections.abc import Callable
from pathlib import Path

from autograder.assignment import Course
from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import ID, Attack, Declaration

GRADED = "compare_with_sqs.py"
SOLUTION = Course.of_this_checkout().solutions / ID / GRADED
POINTS = 10.0
"""The solution's points. Hostile files next to an honest file cost no points."""
EVIL = 'raise SystemExit("imported what nobody handed in")\n'
SAYING = "\x1b[31m\r\n::error::forged\n<img src=x onerror=alert(1)>|@everyone=1+1\u202e"

Maker = Callable[[Path], None]


def attack(
    attacks: list[Attack],
    *outcomes: Outcome,
    says: str = "",
    earns: float = 0.0,
    file: str = GRADED,
) -> Callable[[Maker], Maker]:
    """Add the decorated function, which makes a hostile folder, to a list of attacks."""

    def add(make: Maker) -> Maker:
        declared = Declaration(outcomes=frozenset(outcomes), says=says, earns=earns, file=file)
        attacks.append(Attack(f"intake/{make.__name__}", declared, make))
        return make

    return add


def honest(folder: Path, first: str = "") -> None:
    """Write the reference solution as the graded file, after some other code if given."""
    (folder / GRADED).write_bytes(first.encode() + SOLUTION.read_bytes())
