"""How text from students is escaped and truncated for every format."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given

from autograder.tests.feedback.nasty import HUGE, NASTY, SAME_EACH_TIME, texts
from autograder.text import (
    LONGEST_LINE,
    MOST_MARKS,
    counted,
    in_markdown,
    inert,
    plural,
    shortened,
)


@SAME_EACH_TIME
@given(texts())
def test_what_is_shown_can_be_seen_and_is_bounded(text: str) -> None:
    """One line without control characters, and not longer than its limit."""
    shown = inert(text)

    assert all(
        character == " " or unicodedata.category(character)[0] not in "CZ" for character in shown
    )
    assert len(shown) <= LONGEST_LINE
    shown.encode()


@SAME_EACH_TIME
@given(texts())
def test_what_is_inert_stays_as_it_is(text: str) -> None:
    """Two layers may both escape a text."""
    assert inert(inert(text)) == inert(text)


@SAME_EACH_TIME
@given(texts())
def test_no_letter_carries_a_flood_of_marks(text: str) -> None:
    """Neither does a space, or our text in front of it."""
    shown = inert(text)

    run = most = 0
    for character in shown:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        most = max(most, run)
    assert most <= MOST_MARKS
    assert not shown or unicodedata.category(shown[0])[0] != "M"
    assert not any(unicodedata.category(character)[0] == "M" for character in _behind_blanks(shown))


def _behind_blanks(text: str) -> list[str]:
    return [after for before, after in pairwise(text) if before == " "]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("a\r\nb\u2028c", "a\\r\\nb\\u2028c"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u00a0b", "a b"),
        ("pa\u200bss", "pa\\u200bss"),
        ("\ud800", "\\ud800"),
        ("filler\u3164", "filler\\u3164"),
        ("e\u0301", "e\u0301"),
        ("e\u0301\u0302\u0303", "e\u0301\u0302\\u0303"),
        ("\U0001f6f0\ufe0f down", "\U0001f6f0\ufe0f down"),
        ("admin\ufe0f", "admin\\ufe0f"),
        ("größer 温度 21°", "größer 温度 21°"),
        ("x" * 601, "x" * 597 + "..."),
        ("x" * 600, "x" * 600),
        ("\n" * 400, "\\n" * 298 + "..."),
    ],
)
def test_what_cannot_be_seen_becomes_an_escape(text: str, shown: str) -> None:
    """Visible characters do not change, and a truncated text says so."""
    assert inert(text) == shown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("You returned 9 of 21 records.", "You returned 9 of 21 records."),
        ("read_all_shards() returned [1, 2, 'x'].", "`read_all_shards()` returned `[1, 2, 'x'].`"),
        ("ask @octocat about #12, please", "ask `@octocat` about `#12,` please"),
        ("since defaced or GH-12", "since `defaced` or `GH-12`"),
        ("a  b", "`a  b`"),
        (" 'x' ", "`  'x'  `"),
        ("a|b`c", "`a`&#124;`b`&#96;`c`"),
        ("in shardId-000000000000, 2 reordered.", "in `shardId-000000000000,` 2 reordered."),
        ("for [1, 2, 3] it gave 2 of 3", "for `[1, 2, 3]` it gave 2 of 3"),
        ("event-3 2", "`event-3` 2"),
        ("1. one", "`1.` one"),
        ("", ""),
    ],
)
def test_in_markdown_prose_stays_prose_and_the_rest_is_code(text: str, written: str) -> None:
    """A reader sees sentences, with names and values set as code."""
    assert in_markdown(text) == written


def test_the_known_nasty_strings_are_many_and_differ() -> None:
    """The list is long and has no duplicates."""
    assert len(NASTY) >= 80
    assert len(set(NASTY)) == len(NASTY)


@pytest.mark.parametrize("text", HUGE, ids=lambda text: ascii(text[:3]))
def test_a_megabyte_is_cut(text: str) -> None:
    """The rest says that it was truncated."""
    shown = inert(text)

    assert len(shown) <= LONGEST_LINE
    assert shown.endswith("...")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 points"),
        (1, "1 point"),
        (1.0, "1 point"),
        (2, "2 points"),
        (0.5, "0.5 points"),
        (12_345_678, "12345678 points"),
    ],
)
def test_a_count_has_its_noun(count: float, expected: str) -> None:
    """A whole number is written in full; points may be parts of a point."""
    assert counted(count, "point") == expected


def test_words_agree_with_a_count() -> None:
    """The plural of a noun needs no second form; other words do."""
    assert [plural(count, "is", "are") for count in (0, 1, 2)] == ["are", "is", "are"]
    assert [plural(count, "shard") for count in (0, 1, 2)] == ["shards", "shard", "shards"]
    assert counted(2, "entry", "entries") == "2 entries"


def test_a_shortened_text_has_room_for_its_escapes() -> None:
    """A character that cannot be printed counts as the ten bytes of its longest escape."""
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "abc..."
    assert shortened("é" * 3, 5) == "éé..."
    assert shortened("\x1b\x1b", 19) == "\x1b..."
