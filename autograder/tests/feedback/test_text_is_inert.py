"""The terminal format: nothing but printable characters and our colours."""

import io
import re
import unicodedata

import pytest
from hypothesis import given
from rich.console import Console

from autograder.feedback.text import print_grade
from autograder.grading.grade import Grade
from autograder.tests.feedback.nasty import (
    HARMLESS,
    HUGE,
    PLACES,
    SAME_EACH_TIME,
    any_grade,
    feedback_of,
    grade_of,
    hostile,
)
from autograder.text import inert

OUR_STYLES = re.compile(r"\x1b\[[0-9;]*m")
MOST_LINES = 400
"""For one test on a terminal of 100 columns; the longest texts fill a dozen lines each."""


def printed(grade: Grade, *, terminal: bool) -> str:
    """Return a grade as printed on a terminal or into a pipe."""
    file = io.StringIO()
    print_grade(
        grade,
        Console(
            file=file,
            width=100,
            highlight=False,
            markup=False,
            force_terminal=terminal,
            color_system="truecolor" if terminal else None,
        ),
    )
    return file.getvalue()


def is_visible(text: str) -> bool:
    """Return whether a text has only visible characters, blanks and line ends."""
    return all(
        character in " \n" or unicodedata.category(character)[0] not in "CZ" for character in text
    )


@SAME_EACH_TIME
@given(hostile())
def test_output_into_a_pipe_is_visible_text(strings: list[str]) -> None:
    """Each of the student's texts is there, on one line."""
    grade = grade_of(strings)

    text = printed(grade, terminal=False)

    assert is_visible(text)
    for feedback in feedback_of(grade):
        assert f" got:        {inert(feedback.came_back)}\n" in text


@SAME_EACH_TIME
@given(hostile())
def test_on_a_terminal_the_only_escapes_are_our_styles(strings: list[str]) -> None:
    """Without the styles, the text is visible text as in a pipe."""
    assert is_visible(OUR_STYLES.sub("", printed(grade_of(strings), terminal=True)))


@SAME_EACH_TIME
@given(hostile())
def test_no_text_adds_lines(strings: list[str]) -> None:
    """Printed into a pipe, a hostile grade has as many lines as a harmless grade."""
    _, _, lost = printed(grade_of(strings), terminal=False).partition("┘\n")
    _, _, plain = printed(grade_of(HARMLESS), terminal=False).partition("┘\n")

    assert lost.count("\n") == plain.count("\n")


@SAME_EACH_TIME
@given(any_grade())
def test_it_prints_any_grade_in_bounds(grade: Grade) -> None:
    """Any grade that the model accepts is printed, with a limited number of lines for each test."""
    tests = sum(1 + len(checkpoint.tests) for checkpoint in grade.checkpoints)

    text = printed(grade, terminal=True)

    assert is_visible(OUR_STYLES.sub("", text))
    assert text.count("\n") <= MOST_LINES * (1 + tests)


@pytest.mark.parametrize("text", HUGE, ids=lambda text: ascii(text[:3]))
def test_a_megabyte_everywhere_is_truncated(text: str) -> None:
    """The output stays short."""
    shown = printed(grade_of([text + str(number) for number in range(PLACES)]), terminal=True)

    assert len(shown) < 100_000
