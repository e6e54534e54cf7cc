"""Visible checks of word_count.py."""

from checks.student_code import show


def must_count(words, text, expected):
    """Fail unless a text is counted like this."""
    found = words.count_words(text)
    words.must(found == expected, f"{text!r} should give {expected}; you returned {show(found)}.")


def test_counts(words):
    """W1: Each word is counted."""
    must_count(words, "tick tock tick", {"tick": 2, "tock": 1})


def test_case(words):
    """W2: Case makes no difference."""
    must_count(words, "Tick tick", {"tick": 2})


def test_separators(words):
    """W3: Words are separated by any blanks."""
    must_count(words, "tick  tock\ntick", {"tick": 2, "tock": 1})
