"""Visible checks of the notebook, concepts.ipynb: is each question answered, in the right form?

These checks do not look at whether an answer is right.
"""

import json
import re

import pytest

from checks.hand_in import ROOT, why_not_graded
from checks.student_code import CheckFailed, Location, show

FILE = "concepts.ipynb"
BLANK = "YOUR ANSWER HERE"


class Notebook:
    """Your notebook's cells, and the variables that its code cells set."""

    def __init__(self, cells):
        self._cells = {cell.get("id", ""): text_of(cell) for cell in cells}
        self._names = {}
        for cell in cells:
            if cell.get("cell_type") == "code" and not cell.get("id", "").endswith("-form"):
                self._run(re.sub(r"(?m)^\s*[%!].*$", "", text_of(cell)))

    def must_answer(self, name):
        """Fail unless a closed answer is filled in and has the form of the original cell."""
        if name not in self._names:
            fail(f"No answer {name} was found: its cell is missing, or running it raises an error.")
        value = self._names[name]
        blank = [part for part in value if value[part] is None] if isinstance(value, dict) else []
        if value is None or blank:
            fail(f"{name} still has None in it{': ' if blank else ''}{', '.join(map(str, blank))}.")
        try:
            exec(self._cells.get(f"{name}-form", ""), dict(self._names))
        except AssertionError as error:
            fail(f"{name} is {show(value)}: {error}")
        except KeyError as error:
            fail(f"{name} has lost the key {error}: keep all the keys of the original cell.")
        except TypeError:
            fail(f"{name} is {show(value)}: keep the form that it has in the original cell.")

    def must_say(self, cell):
        """Fail unless the cell of an open answer has text in it."""
        if self._cells.get(cell, "").replace(BLANK, "").strip() == "":
            fail(f"Nothing is written in the open answer {cell} yet.")

    def _run(self, source):
        try:
            exec(source, self._names)
        except Exception as error:
            print(f"A code cell of {FILE} raises an error: {type(error).__name__}: {error}")


def text_of(cell):
    """Return a cell's source."""
    return "".join(cell.get("source", ""))


def fail(message):
    """Fail with a message."""
    raise CheckFailed(message, Location(FILE, 1))


@pytest.fixture(scope="module")
def notebook():
    """A function that reads your notebook and runs its code cells."""

    def read():
        if (reason := why_not_graded(FILE)) is not None:
            fail(reason)
        try:
            return Notebook(json.loads((ROOT / FILE).read_text(encoding="utf-8"))["cells"])
        except (ValueError, KeyError, TypeError, AttributeError):
            fail(f"{FILE} is not a valid notebook any more: open and save it, or restore it.")

    return read


def test_c1_queue_or_log(notebook):
    """C1: Each of the four tasks has a broker, and a reason is given."""
    notebook().must_answer("c1")
    notebook().must_say("c1-why")


def test_c2_the_wrong_dashboard(notebook):
    """C2: Both ways to correct it are chosen, and an explanation is given."""
    notebook().must_answer("c2")
    notebook().must_say("c2-why")


def test_c3_thermometers(notebook):
    """C3: The numbers and a partition key are filled in, and a reason is given."""
    notebook().must_answer("c3")
    notebook().must_say("c3-why")


def test_c4_what_a_log_can_do(notebook):
    """C4: One letter is chosen."""
    notebook().must_answer("c4")


def test_c5_partitions(notebook):
    """C5: One letter is chosen."""
    notebook().must_answer("c5")


def test_c6_offsets(notebook):
    """C6: Both numbers are filled in, and an explanation is given."""
    notebook().must_answer("c6")
    notebook().must_say("c6-why")
