"""Closed answers are read without running code; open answers are found by their question."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.notebook.answers import closed_answers, open_answer
from autograder.notebook.cells import Notebook, NotebookCell


def notebook(*sources: str) -> Notebook:
    """Return a notebook of code cells."""
    return Notebook(tuple(NotebookCell("code", source, "") for source in sources))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('a = "B"', "B"),
        ("a: str = 'B'", "B"),
        ("a = b = 2", 2),
        ("a = None\na = 4  # now", 4),
        ('a = {"x": 1, "y": None}', {"x": 1, "y": None}),
        ('a = {"x": None}\na["x"] = "log"', {"x": "log"}),
        ("a = dict(x=1, y='q')", {"x": 1, "y": "q"}),
        ("a = 100_000 / 10", 10_000.0),
        ("a = (100_000 // 10) * 1000 / 1e6", 10.0),
        ("a = -3", -3),
        ("a = not True", False),
        ("N = 10\na = 2 * N", 20),
        ("import math\na = math.ceil(9.77)", 10),
        ("a = round(9.6)", 10),
        ("%pip install x\n!ls\na = 1", 1),
        ("print('hello')\na = 1\nfor i in range(3): pass", 1),
        ("a = ['p', ('q',), {1}]", ["p", ["q"], [1]]),
    ],
)
def test_values_and_arithmetic_can_be_read(source: str, value: object) -> None:
    """Any way of writing them is accepted."""
    answers = closed_answers(notebook(source))

    assert answers.values["a"] == value
    assert "a" not in answers.unreadable


def test_the_last_cell_counts() -> None:
    """The result is as if the notebook were run from top to bottom."""
    answers = closed_answers(notebook("a = 1", "b = 1", "a = 2"))

    assert answers.values == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a = open('/etc/passwd').read()", "not a plain value"),
        ("a = __import__('os').system('true')", "not a plain value"),
        ("a = [x for x in range(3)]", "not a plain value"),
        ("a = unknown", "not a plain value"),
        ("a = 1 / 0", "cannot be calculated"),
        ("a = {}\na[{}] = 1", "cannot be calculated"),
        ("a = 3\na['x'] = 1", "a is not a dictionary there"),
        ("a = 10 * 10**15", "not a plain value"),
        ("a = 999999999999999 * 1000", "giant"),
        ("a = 'x' * 10000000000", "not a plain value"),
        ("a = (", "not valid Python"),
        ("a = " + "(" * 3000, "not valid Python"),
        ("a = " + "-" * 3000 + "1", "it cannot be calculated|not valid Python"),
        ("a = " + "9" * 4900, "not valid Python"),
        ("a = 1\n" + "#" * 6000, "not valid Python"),
    ],
)
def test_code_that_is_not_a_value_is_reported_and_never_run(source: str, message: str) -> None:
    """The student reads the reason."""
    answers = closed_answers(notebook(source))

    assert "a" not in answers.values
    with pytest.raises(ValueError, match=message):
        raise ValueError(answers.unreadable["a"])


def test_nothing_is_run(tmp_path: Path) -> None:
    """Even code that opens files is only read."""
    mark = tmp_path / "ran"

    closed_answers(notebook(f"open({str(mark)!r}, 'w')\na = open({str(mark)!r}, 'w')"))

    assert not mark.exists()


def test_a_name_of_a_list_is_not_followed() -> None:
    """Otherwise a few lines could be a value that fills the memory when it is shown."""
    lines = ["a0 = [1, 1]", *(f"a{n} = [a{n - 1}, a{n - 1}]" for n in range(1, 60))]

    answers = closed_answers(notebook("\n".join(lines)))

    assert list(answers.values) == ["a0"]


@given(st.text(max_size=300))
def test_any_text_is_read_or_reported(source: str) -> None:
    """A bad cell does not stop the reading of other cells."""
    answers = closed_answers(notebook(source, "zz9 = 1"))

    assert answers.values["zz9"] == 1


def markdown(source: str, name: str) -> NotebookCell:
    """Return a text cell."""
    return NotebookCell("markdown", source, name)


QUESTION = markdown("**C1, open (1 point).** Why?", "c1-why-question")
NEXT = markdown("## C2. Next", "c2-question")


@pytest.mark.parametrize(
    "cells",
    [
        (QUESTION, markdown("Because.", "c1-why"), NEXT),
        (NEXT, markdown("Because.", "c1-why"), QUESTION),
        (
            QUESTION,
            markdown("Because.", ""),
            NEXT,
            markdown("Other.", ""),
        ),
        (
            QUESTION,
            markdown("YOUR ANSWER HERE", "c1-why"),
            NotebookCell("raw", "Because.", ""),
        ),
        (QUESTION, markdown("YOUR ANSWER HERE\nBecause.", "c1-why")),
    ],
    ids=["in its cell", "moved", "without ids", "next to its cell", "below the words"],
)
def test_an_open_answer_is_found(cells: tuple[NotebookCell, ...]) -> None:
    """It is found by the cell's id, otherwise by the question."""
    found = open_answer(Notebook(cells), "c1-why", "**C1, open")

    assert "Because." in found
    assert "Other." not in found


@pytest.mark.parametrize("text", ["", "YOUR ANSWER HERE", " YOUR ANSWER HERE \n"])
def test_an_unwritten_answer_is_empty(text: str) -> None:
    """It is blank, or only has the words that ask for an answer."""
    cells = (QUESTION, markdown(text, "c1-why"), NEXT)

    assert open_answer(Notebook(cells), "c1-why", "**C1, open") == ""
