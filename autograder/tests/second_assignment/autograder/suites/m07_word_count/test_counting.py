"""Hidden tests of the function in word_count.py."""

import pytest

from autograder.testing import Module

from .expecting import expect_counts


@pytest.mark.graded("W1", points=4)
def test_counts_each_word(words: Module) -> None:
    """Each word is counted, however often it comes."""
    text = "to be or not to be"

    expect_counts(words, text, {"to": 2, "be": 2, "or": 1, "not": 1}, "Count, do not collect.")


@pytest.mark.graded("W2", points=3)
def test_case_makes_no_difference(words: Module) -> None:
    """Words that differ in case only are the same word."""
    expect_counts(words, "Log log LOG Queue", {"log": 3, "queue": 1}, "Make the text lower case.")


@pytest.mark.graded("W3", points=3)
def test_any_blanks_separate_words(words: Module) -> None:
    """Several blanks, tabs and line breaks separate words as one blank does."""
    text = "a  b\ta\n\nb a"

    expect_counts(
        words, text, {"a": 3, "b": 2}, "split() without an argument splits at all blanks."
    )
