"""Hostile notebooks: giant numbers, blank lines without end, depth."""

import json
from pathlib import Path

from autograder.assignment import Course
from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import ID, Attack
from autograder.tests.hostile.intake.making import attack

NOTEBOOK = "concepts.ipynb"
SOLUTION = Course.of_this_checkout().solutions / ID / NOTEBOOK
CLOSED = 9.0
"""What the closed answers of the solution are worth."""
FOUND: list[Attack] = []


def write(folder: Path, *sources: str, solution: bool = False) -> None:
    """Write a notebook of code cells, behind the cells of the solution if asked."""
    cells = json.loads(SOLUTION.read_text(encoding="utf-8"))["cells"] if solution else []
    cells += [
        {"cell_type": "code", "id": f"x{at}", "metadata": {}, "outputs": [], "source": source}
        for at, source in enumerate(sources)
    ]
    notebook: dict[str, object] = {
        "cells": cells,
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / NOTEBOOK).write_text(json.dumps(notebook))


@attack(
    FOUND, Outcome.PASSED, Outcome.WRONG, Outcome.UNMARKED, says="giant number", earns=CLOSED,
    file=NOTEBOOK,
)  # fmt: skip
def answers_that_cannot_be_printed(folder: Path) -> None:
    """One answer has more digits than Python prints; the others are judged."""
    write(folder, f"c4 = 0x{'f' * 4000}", solution=True)


@attack(FOUND, Outcome.MISSING, Outcome.UNIMPLEMENTED, says="No code cell", file=NOTEBOOK)
def notebook_of_blank_lines(folder: Path) -> None:
    """Cells of blank lines, on which an expression that looks for commands might never end."""
    write(folder, *["\n" * 4990 + "$"] * 100)


@attack(FOUND, Outcome.MISSING, Outcome.UNIMPLEMENTED, says="No code cell", file=NOTEBOOK)
def notebook_of_brackets(folder: Path) -> None:
    """Cells of names and brackets that never close."""
    write(folder, *["a[\n" * 1600] * 150)


@attack(FOUND, Outcome.MISSING, Outcome.UNIMPLEMENTED, says="No code cell", file=NOTEBOOK)
def notebook_of_code_that_parses_slowly(folder: Path) -> None:
    """Cells that Python's parser reads twice, and then refuses."""
    write(folder, *["x = [" + "1," * 2400 + "$]"] * 200)
