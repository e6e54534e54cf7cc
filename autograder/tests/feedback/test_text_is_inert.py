"""The terminal form: nothing but printable characters, and our own colours."""

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
"""Of one test on a terminal 100 columns wide; the longest fill a dozen lines each."""


def printed(grade: Grade, *, terminal: bool) -> str:
    """Print a grade in colour or into a pipe."""
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


def can_be_seen(text: str) -> bool:
    """Nothing but characters that can be seen, blanks and line ends."""
    return all(
        character in " \n" or unicodedata.category(character)[0] not in "CZ" for character in text
    )


@SAME_EACH_TIME
@given(hostile())
def test_into_a_pipe_goes_nothing_but_what_can_be_seen(strings: list[str]) -> None:
    """And each text of the student's is there, on one line."""
    grade = grade_of(strings)

    text = printed(grade, terminal=False)

    assert can_be_seen(text)
    for feedback in feedback_of(grade):
        assert f" got:        {inert(feedback.came_back)}\n" in text


@SAME_EACH_TIME
@given(hostile())
def test_on_a_terminal_the_only_escapes_are_our_styles(strings: list[str]) -> None:
    """Without them the text is as plain as in a pipe."""
    assert can_be_seen(OUR_STYLES.sub("", printed(grade_of(strings), terminal=True)))


@SAME_EACH_TIME
@given(hostile())
def test_no_text_makes_lines_of_its_own(strings: list[str]) -> None:
    """Into a pipe, lost points take as many lines as those of a harmless grade."""
    _, _, lost = printed(grade_of(strings), terminal=False).partition("┘\n")
    _, _, plain = printed(grade_of(HARMLESS), terminal=False).partition("┘\n")

    assert lost.count("\n") == plain.count("\n")


@SAME_EACH_TIME
@given(any_grade())
def test_it_prints_any_grade_in_bounds(grade: Grade) -> None:
    """Whatever the model accepts: no error, and so many lines a test at most."""
    tests = sum(1 + len(checkpoint.tests) for checkpoint in grade.checkpoints)

    text = printed(grade, terminal=True)

    assert can_be_seen(OUR_STYLES.sub("", text))
    assert text.count("\n") <= MOST_LINES * (1 + tests)


@pytest.mark.parametrize("text", HUGE, ids=lambda text: ascii(text[:3]))
def test_a_megabyte_everywhere_is_cut(text: str) -> None:
    """The output stays short."""
    shown = printed(grade_of([text + str(number) for number in range(PLACES)]), terminal=True)

    assert len(shown) < 100_000
