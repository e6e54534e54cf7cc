"""What feedback shows of a value is bounded, and the same in every run."""

import pytest

from autograder.grading.verdict import SHOWN_CHARACTERS, shown


def test_a_plain_value_is_shown_as_python_writes_it() -> None:
    """Nothing changes in what is short and has no time in it."""
    assert shown(["a", 1, None]) == "['a', 1, None]"


@pytest.mark.parametrize(
    ("changing", "blanked"),
    [
        ("2026-11-24", "'YYYY-MM-DD'"),
        ("2026-11-24T14:11:52.123456+00:00", "'YYYY-MM-DDThh:mm:ss+00:00'"),
        ("2026-11-24 14:11:52", "'YYYY-MM-DD hh:mm:ss'"),
        ("1795529512", "'(seconds since 1970)'"),
        ("1795529512.25", "'(seconds since 1970)'"),
        ("1795529512250", "'(seconds since 1970)'"),
        ("<object at 0x7f3a5c0012e0>", "'<object at 0x...>'"),
        ('"{\\"timestamp\\": \\"2026-11-24T14:11:52.5\\"}"', "YYYY-MM-DDThh:mm:ss"),
    ],
)
def test_times_and_addresses_are_blanked(changing: str, blanked: str) -> None:
    """What differs from run to run isn't shown."""
    assert blanked in shown(changing)


@pytest.mark.parametrize("before", range(SHOWN_CHARACTERS - 30, SHOWN_CHARACTERS + 5))
def test_a_time_at_the_cut_is_blanked_as_well(before: int) -> None:
    """Two runs show the same even where the text is cut in the middle of a time."""
    padding = "x " * (before // 2)

    first, second = (
        shown(f"{padding}2026-11-24T{time}{padding}") for time in ("14:11:52", "05:59:07")
    )

    assert first == second


def test_a_long_value_is_cut_and_its_length_told() -> None:
    """A value of a megabyte takes a line or two."""
    text = shown("y" * 1_000_000)

    assert len(text) < SHOWN_CHARACTERS + 30
    assert text.endswith("(1000002 characters)")
