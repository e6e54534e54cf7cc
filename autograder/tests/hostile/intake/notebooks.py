"""Hostile notebooks: giant numbers, many blank lines, deep nesting."""

import json
from pathlib import Path

from autograder.assignment import Course
from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import ID, Attack
from autograder.tests.hostile.intake.making import attack

NOTEBOOK = "concepts.ipynb"
SOLUTION = Course.of_this_checkout().solutions / ID / NOTEBOOK
CLOSED = 9.0
"""The points of the solution's closed answers."""
FOUND: list[Attack] = []


def write(folder: Path, *sources: str, solution: bool = False) -> None:
    """Write a notebook of code cells, after the cells of the solution if asked."""
    cells = json.loads(SOLUTION.read_text(encoding="utf-8"))["cells"] if solution else []
    cells += [
        {"cell_type": "code", "id": f"x{number}", "metadata": {}, "outputs": [], "source": source}
        for number, source in enumerate(sources)
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
    """One answer has more digits than Python prints; the others are still graded."""
    write(folder, f"c4 = 0x{'f' * 4000}", solution=True)


@attack(FOUND, Outcome.MISSING, Outcome.UNIMPLEMENTED, says="No code cell", file=NOTEBOOK)
def notebook_of_blank_lines(folder: Path) -> None:
    """Cells of blank lines: a regular expression that looks for commands may take very long."""
    write(folder, *["\n" * 4990 + "$"] * 100)


@attack(FOUND, Outcome.MISSING, Outcome.UNIMPLEMENTED, says="No code cell", file=NOTEBOOK)
def notebook_of_brackets(folder: Path) -> None:
    """Cells of names and brackets that never close."""
    write(folder, *["a[\n" * 1600] * 150)


@attack(FOUND, Outcome.MISSING, Outcome.UNIMPLEMENTED, says="No code cell", file=NOTEBOOK)
def notebook_of_code_that_parses_slowly(folder: Path) -> None:
    """Cells that Python's parser reads twice before it refuses them."""
    write(folder, *["x = [" + "1," * 2400 + "$]"] * 200)


@attack(FOUND, Outcome.PASSED, Outcome.UNMARKED, earns=CLOSED, file=NOTEBOOK)
def notebook_has_a_large_picture(folder: Path) -> None:
    """Is honest, with outputs and attachments of 19 MiB."""
    whole = json.loads(SOLUTION.read_text(encoding="utf-8"))
    for cell in whole["cells"]:
        part = {"x": "A" * ((19 << 20) // len(whole["cells"]))}
        cell |= {"outputs": [part]} if cell["cell_type"] == "code" else {"attachments": part}
    (folder / NOTEBOOK).write_text(json.dumps(whole))


@attack(FOUND, Outcome.REFUSED, says="larger than 20 MiB", file=NOTEBOOK)
def notebook_is_a_tebibyte(folder: Path) -> None:
    """Has a size of 1 TiB, but uses no space on the disk."""
    with (folder / NOTEBOOK).open("wb") as file:
        file.truncate(1 << 40)


@attack(FOUND, Outcome.REFUSED, says="larger than 1 MiB", file=NOTEBOOK)
def notebook_of_lists_in_lists(folder: Path) -> None:
    """Is nested too deeply for any parser."""
    (folder / NOTEBOOK).write_bytes(b'{"cells": ' + b"[" * (19 << 20))


@attack(FOUND, Outcome.REFUSED, says="larger than 1 MiB", file=NOTEBOOK)
def notebook_of_empty_objects(folder: Path) -> None:
    """Would take forty times its size in memory."""
    (folder / NOTEBOOK).write_bytes(b'{"cells": [' + b"{}," * (6 << 20) + b"{}]}")


@attack(FOUND, Outcome.REFUSED, says="larger than 1 MiB", file=NOTEBOOK)
def notebook_of_one_number(folder: Path) -> None:
    """Is a number of 19 million digits."""
    (folder / NOTEBOOK).write_bytes(b'{"cells": ' + b"9" * (19 << 20) + b"}")


@attack(FOUND, Outcome.MISSING, Outcome.UNIMPLEMENTED, says="No code cell", file=NOTEBOOK)
def notebook_has_each_key_twice(folder: Path) -> None:
    """Has `cells` twice, and `outputs` a hundred thousand times; the last one counts."""
    outputs = ", ".join(['"outputs": [1]'] * 100_000)
    twice = f'{{"cell_type": "code", "source": "c4 = 1", {outputs}}}'
    (folder / NOTEBOOK).write_text(f'{{"cells": [{twice}], "cells": [{{"outputs": [1]}}]}}')
