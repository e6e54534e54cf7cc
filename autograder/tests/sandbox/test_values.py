"""The limit on return values is on their size as JSON, not on the number of values."""

from typing import Any

import pytest

from autograder.sandbox.inside.values import UnsendableError, plain
from autograder.sandbox.inside.wire import encode

ALLOWED = 10_000
PER_BYTE = 6
"""The most bytes that a byte may become: a control character becomes an escape."""

GROWING = [
    pytest.param("\N{ROCKET}", id="two escapes"),
    pytest.param("\x01", id="control"),
    pytest.param(-1.2345678901234567e-300, id="float"),
    pytest.param(-(10**99), id="whole number"),
    pytest.param({"\x01": False}, id="dict"),
    pytest.param("", id="empty text"),
]


@pytest.mark.parametrize("part", GROWING)
def test_allowed_values_are_small_as_json(part: Any) -> None:
    """The largest allowed value fits into a frame that the grader accepts."""
    many = next(
        value
        for count in range(ALLOWED, 0, -100)
        if (value := _sendable([part] * count)) is not None
    )

    size = len(encode(many))

    assert size <= PER_BYTE * ALLOWED


def test_a_text_is_measured_in_bytes() -> None:
    """If each letter takes four bytes, fewer letters are allowed."""
    with pytest.raises(UnsendableError) as refused:
        plain("\N{ROCKET}" * (ALLOWED // 2), ALLOWED)

    assert refused.value.reason == "too_large"


def _sendable(value: list[Any]) -> list[Any] | None:
    try:
        plain(value, ALLOWED)
    except UnsendableError:
        return None
    return value
