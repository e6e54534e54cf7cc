"""The CSV format: a row for each test, and nothing that a spreadsheet would compute."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given

from autograder.feedback.data import COLUMNS, LONGEST_CELL, as_csv
from autograder.grading.grade import Grade
from autograder.tests.feedback.nasty import (
    HARMLESS,
    HUGE,
    NASTY,
    PLACES,
    SAME_EACH_TIME,
    any_grade,
    feedback_of,
    grade_of,
    hostile,
)
from autograder.text import in_csv

TESTS = 7
OPEN = 2
"""The number of tests whose points are open; they come last."""
NUMBERS = (COLUMNS.index("score"), COLUMNS.index("max_score"))


def rows(text: str, **dialect: str) -> list[list[str]]:
    """Read a table."""
    return list(csv.reader(io.StringIO(text, newline=""), **dialect))  # type: ignore[arg-type]  # any keyword


def computed(cell: str) -> bool:
    """Return whether a spreadsheet might take a cell for a formula."""
    seen = "".join(
        character
        for character in unicodedata.normalize("NFKC", cell)
        if unicodedata.category(character)[0] not in "CZ"
    )
    return seen.startswith(("=", "+", "-", "@", "\u2212"))


@SAME_EACH_TIME
@given(hostile())
def test_there_is_one_row_for_each_test(strings: list[str]) -> None:
    """The columns are the documented ones, and the score of open points is empty."""
    header, *found = rows(as_csv(grade_of(strings)))

    assert tuple(header) == COLUMNS
    assert [len(row) for row in found] == [len(COLUMNS)] * TESTS
    assert [tuple(row[column] for column in NUMBERS) for row in found] == [
        ("3.0", "3.0"),
        *[("0.0", "3.0")] * (TESTS - 1 - OPEN),
        *[("", "3.0")] * OPEN,
    ]


@SAME_EACH_TIME
@given(hostile())
def test_no_cell_is_a_formula(strings: list[str]) -> None:
    """This holds even if a program takes a semicolon or a bar for the end of a cell."""
    text = as_csv(grade_of(strings))

    for delimiter in ",;|":
        cells = [cell for row in rows(text, delimiter=delimiter) for cell in row]
        assert not [cell for cell in cells if computed(cell)]


@SAME_EACH_TIME
@given(hostile())
@pytest.mark.parametrize("delimiter", [";", "\t", "|", " ", ":"])
def test_read_in_another_dialect_there_is_still_one_row_for_each_test(
    delimiter: str, strings: list[str]
) -> None:
    """Quotes do not open a cell that swallows the rows below."""
    assert len(rows(as_csv(grade_of(strings)), delimiter=delimiter)) == 1 + TESTS


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:20]))
def test_each_nasty_string_is_a_cell(text: str) -> None:
    """Alone, in each place."""
    _, *found = rows(as_csv(grade_of([text])))

    assert {row[COLUMNS.index("title")] for row in found} == {in_csv(text)}
    assert not computed(in_csv(text))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("  -1", "'  -1"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "\\t=1"),
        ("1+1=2", "1+1=2"),
        ("[1, -2]", "[1, -2]"),
        ('say "hi"', 'say "hi"'),
        ('say; "hi"', "say; 'hi'"),
        ("x; =1", "x;' =1"),
        ("'=1", "'=1"),
        ("x;", "x;'"),
    ],
)
def test_a_cell_shows_its_text(text: str, cell: str) -> None:
    """A text that would be computed gets an apostrophe; any other is unchanged."""
    assert in_csv(text) == cell


def test_the_feedback_of_a_test_fills_one_cell() -> None:
    """Each line has its label."""
    grade = grade_of(HARMLESS)

    cells = [row[COLUMNS.index("feedback")] for row in rows(as_csv(grade))]

    for feedback in feedback_of(grade):
        assert any(f"got: {feedback.came_back}" in cell for cell in cells)


@SAME_EACH_TIME
@given(any_grade())
def test_the_output_for_any_grade_is_bounded(grade: Grade) -> None:
    """Any grade that the model accepts is written, and no cell is larger than Excel allows."""
    _, *found = rows(as_csv(grade))

    assert len(found) == sum(len(checkpoint.tests) for checkpoint in grade.checkpoints)
    assert all(len(cell) <= LONGEST_CELL for row in found for cell in row)


@pytest.mark.parametrize("text", HUGE, ids=lambda text: ascii(text[:3]))
def test_a_megabyte_everywhere_is_truncated(text: str) -> None:
    """The table stays small."""
    grade = grade_of([text + str(number) for number in range(PLACES)])

    assert len(as_csv(grade)) < 150_000
