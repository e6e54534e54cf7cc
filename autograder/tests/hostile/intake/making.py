"""What makers of hostile folders share: the decorator, the honest file, and words for both."""

from collections.abc import Callable
from pathlib import Path

from autograder.assignment import Course
from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import ID, Attack, Declaration

GRADED = "compare_with_sqs.py"
SOLUTION = Course.of_this_checkout().solutions / ID / GRADED
POINTS = 10.0
"""What the solution gets: what is beside an honest file costs nothing."""
EVIL = 'raise SystemExit("imported what nobody handed in")\n'
SAYING = "\x1b[31m\r\n::error::forged\n<img src=x onerror=alert(1)>|@everyone=1+1\u202e"

Maker = Callable[[Path], None]


def attack(
    kept: list[Attack],
    *outcomes: Outcome,
    says: str = "",
    earns: float = 0.0,
    file: str = GRADED,
) -> Callable[[Maker], Maker]:
    """Put a function that makes a hostile folder into a list of attacks."""

    def keep(make: Maker) -> Maker:
        declared = Declaration(outcomes=frozenset(outcomes), says=says, earns=earns, file=file)
        kept.append(Attack(f"intake/{make.__name__}", declared, make))
        return make

    return keep


def honest(folder: Path, first: str = "") -> None:
    """Put the reference solution where the graded file belongs, behind some code if asked."""
    (folder / GRADED).write_bytes(first.encode() + SOLUTION.read_bytes())
