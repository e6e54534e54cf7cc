"""How the hidden tests of module 6 recognise events in stored data of any form."""

import pytest

from autograder.suites.m06_partitioned_logs.events import RecordId, SentEvent, decoded
from autograder.testing import Record


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
def test_other_data_is_not_an_event(data: bytes) -> None:
    """No stored data breaks or delays the test that looks at it."""
    assert decoded(data) == {}


def test_an_event_is_the_same_record_however_its_number_is_written() -> None:
    """The number may be a number or text; all events without one count as the same record."""
    events = [
        SentEvent(Record("shardId-000000000000", str(number), "alice", data))
        for number, data in enumerate([b'{"eventId": 7}', b'{"eventId": "7"}', b"{}", b"x"])
    ]

    assert [event.id for event in events[:2]] == [RecordId(7), RecordId(7)]
    assert events[2].id == events[3].id
    assert [str(event.id) for event in events] == ["event 7"] * 2 + [
        "an event without a number"
    ] * 2
