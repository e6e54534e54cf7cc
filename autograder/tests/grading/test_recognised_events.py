"""Events as the hidden tests of module 6 recognise them in whatever a student has stored."""

import pytest

from autograder.suites.m06_partitioned_logs.events import decoded


@pytest.mark.parametrize(
    "data", [b'{"eventId": 1}', b'"{\\"eventId\\": 1}"', b"{'eventId': 1}"], ids=range(3)
)
def test_an_event_is_recognised_however_it_is_written(data: bytes) -> None:
    """As JSON, as JSON within JSON, or as a Python literal."""
    assert decoded(data) == {"eventId": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[" * 60_000,
        b"(" * 60_000,
        b"-" * 60_000,
        b"9" * 5000,
        b'{"a":' * 10_000,
        b'{"eventId": 1, "a": [' + b"1," * 500_000 + b"1]}",
        b"{'eventId': 1, 'a': [" + b"1," * 500_000 + b"1]}",
    ],
    ids=range(9),
)
def test_what_is_no_event_is_none(data: bytes) -> None:
    """Nothing that is stored breaks the test that looks at it, or holds it up."""
    assert decoded(data) == {}
