"""What feedback shows of a value is bounded, and the same in every run."""

import pytest

from autograder.grading.grade import Anomaly, Feedback, Outcome, Witnesses
from autograder.grading.judge.verdict import SHOWN_CHARACTERS, Verdict, shown


def test_a_plain_value_is_shown_as_python_writes_it() -> None:
    """A short value without a time is not changed."""
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
    """They differ from run to run."""
    assert blanked in shown(changing)


@pytest.mark.parametrize("before", range(SHOWN_CHARACTERS - 30, SHOWN_CHARACTERS + 5))
def test_a_truncated_time_is_blanked_too(before: int) -> None:
    """Two runs show the same text, even if it is truncated in the middle of a time."""
    padding = "x " * (before // 2)

    first, second = (
        shown(f"{padding}2026-11-24T{time}{padding}") for time in ("14:11:52", "05:59:07")
    )

    assert first == second


def test_a_long_value_is_truncated_and_its_length_shown() -> None:
    """A value of a megabyte takes one or two lines."""
    text = shown("y" * 1_000_000)

    assert len(text) < SHOWN_CHARACTERS + 30
    assert text.endswith("(1000002 characters)")


@pytest.mark.parametrize("character", ["x", "\x1b", "\N{ROCKET}", "\u202e", "\ud800"])
def test_feedback_stays_small_whatever_came_back(character: str) -> None:
    """A verdict's texts, records and traces are truncated, since a grade has many verdicts."""
    giant = character * 100_000
    witnesses = Witnesses(anomaly=Anomaly.OVERREAD, records=(giant,) * 5, total=5)

    verdict = Verdict(
        Outcome.WRONG,
        Feedback(
            asked="", came_back=giant, expected=giant, witnesses=(witnesses,), trace=(giant,) * 64
        ),
    )

    shown = verdict.feedback
    texts = [shown.came_back, shown.expected or "", *shown.witnesses[0].records, *shown.trace]
    assert sum(len(text) for text in texts) < 6000
    assert all(text.endswith("...") for text in texts)


def test_the_end_of_a_long_trace_is_kept() -> None:
    """The last line is where the code failed."""
    trace = tuple(f"line {number}" for number in range(64))

    verdict = Verdict(Outcome.CRASHED, Feedback(asked="", came_back="", trace=trace))

    assert verdict.feedback.trace[-1] == "line 63"
