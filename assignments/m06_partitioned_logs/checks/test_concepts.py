"""Visible checks of the notebook, concepts.ipynb: is each question answered, in the right form?

Whether an answer is right is not looked at here.
"""

import json
import re

import pytest

from checks.hand_in import ROOT, why_not_graded
from checks.student_code import CheckFailed, Place, show

FILE = "concepts.ipynb"
BLANK = "YOUR ANSWER HERE"


class Notebook:
    """Your notebook's cells, and what its code cells leave behind."""

    def __init__(self, cells):
        self._cells = {cell.get("id", ""): text_of(cell) for cell in cells}
        self._names = {}
        for cell in cells:
            if cell.get("cell_type") == "code" and not cell.get("id", "").endswith("-form"):
                self._run(re.sub(r"(?m)^\s*[%!].*$", "", text_of(cell)))

    def must_answer(self, name):
        """Fail unless a closed answer is there and has the form that its check asks for."""
        if name not in self._names:
            fail(f"No answer {name} was found: its cell is missing, or running it raises an error.")
        value = self._names[name]
        blank = (
            [part for part, one in value.items() if one is None] if value_is_parts(value) else []
        )
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
        """Fail unless something is written in the cell of an open answer."""
        if self._cells.get(cell, "").replace(BLANK, "").strip() == "":
            fail(f"Nothing is written in the open answer {cell} yet.")

    def _run(self, source):
        try:
            exec(source, self._names)
        except Exception as error:
            print(f"A code cell of {FILE} raises an error: {type(error).__name__}: {error}")


def text_of(cell):
    """Give a cell's source."""
    return "".join(cell.get("source", ""))


def value_is_parts(value):
    """Tell whether an answer has parts."""
    return isinstance(value, dict)


def fail(message):
    """Fail, with one sentence."""
    raise CheckFailed(message, Place(FILE, 1))


@pytest.fixture(scope="module")
def notebook():
    """Your notebook, read anew."""

    def read():
        if (reason := why_not_graded(FILE)) is not None:
            fail(reason)
        try:
            return Notebook(json.loads((ROOT / FILE).read_text(encoding="utf-8"))["cells"])
        except (ValueError, KeyError, TypeError, AttributeError):
            fail(f"{FILE} is no longer a valid notebook: open and save it again, or restore it.")

    return read


def test_c1_queue_or_log(notebook):
    """C1: Each of the four tasks has a broker, and a reason is given."""
    notebook().must_answer("c1")
    notebook().must_say("c1-why")


def test_c2_the_wrong_dashboard(notebook):
    """C2: Both ways to correct it are named, and explained."""
    notebook().must_answer("c2")
    notebook().must_say("c2-why")


def test_c3_thermometers(notebook):
    """C3: Numbers and a partition key are there, and a reason is given."""
    notebook().must_answer("c3")
    notebook().must_say("c3-why")


def test_c4_what_a_log_can_do(notebook):
    """C4: One letter is chosen."""
    notebook().must_answer("c4")


def test_c5_partitions(notebook):
    """C5: One letter is chosen."""
    notebook().must_answer("c5")


def test_c6_offsets(notebook):
    """C6: Both numbers are there, and something is written."""
    notebook().must_answer("c6")
    notebook().must_say("c6-why")
