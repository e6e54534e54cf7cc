"""The identity of records, and the events that a writer sends, however they are written.

The tests of W4 judge the form of events. All others recognise an event also if its number is a text
or counted from 1, so that a fault of form costs those points only.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.testing import Record, Seen, counted, parsed_json, parsed_literal, wrong

USERS = ("alice", "bob", "charlie", "diana", "eve")
ACTIONS = ("login", "view_page", "click", "logout")
MOST_TIMES = 4
"""With more than this many times the records that were asked for, only their number is reported:
naming each would take long, and a picture of them helps nobody."""
SEND = "Send each event with PutRecord or PutRecords."


@dataclass(frozen=True)
class RecordId:
    """Which record something is, as far as a test can tell: by the number of its event.

    Written as text, it is the name by which students know the record, such as `event 7`.
    """

    number: int | None
    """The event's number; None if nothing that is known has been found in it."""
    is_elsewhere: bool = False
    """Whether it carries a number that no known record of the shard has."""
    text: str = ""
    """What is shown instead of a number."""

    def __str__(self) -> str:
        """Name it for a student."""
        if self.number is None:
            return self.text
        return f"event {self.number}{' (not in this shard)' if self.is_elsewhere else ''}"

    @property
    def short(self) -> str:
        """What there is room for on a drawing: `7`."""
        return self.text if self.number is None else f"{self.number}"


@dataclass(frozen=True)
class SentEvent:
    """A record of the log, and the event that can be recognised in it."""

    record: Record

    @cached_property
    def event(self) -> dict[str, Any]:
        """The event; empty if the data are none."""
        return decoded(self.record.data)

    @cached_property
    def number(self) -> int | None:
        """Which event it is."""
        return number_of(self.event)

    @property
    def user(self) -> str:
        """Whose event it is: the user that it names, else its partition key."""
        user = self.event.get("userId")
        return user if isinstance(user, str) and user in USERS else self.record.partition_key

    @property
    def id(self) -> RecordId:
        """Its identity; all events without a number have the same."""
        if self.number is None:
            return RecordId(None, text="an event without a number")
        return RecordId(self.number)


def user_of(event: SentEvent) -> str:
    """Return whose event W4 says it is; without a number, the user that it names."""
    return event.user if event.number is None else USERS[event.number % len(USERS)]


def events_in(seen: Seen, stream: str, asked: int) -> list[SentEvent]:
    """Recognise the events of a stream, shard by shard, in order.

    Args:
        seen: What saw them.
        stream: Its name.
        asked: How many were to be sent.

    Raises:
        Verdict: There are many times as many.
    """
    log = seen.log(stream)
    if log.total > MOST_TIMES * max(asked, 25) or not log.is_whole:
        wrong(
            f"The stream holds {log.total} records, for {counted(asked, 'event')} to be sent.",
            expected=counted(asked, "record"),
            hint="Send one record for each event. Does a loop send the same events repeatedly?",
        )
    return [SentEvent(record) for record in log.records]


def decoded(data: bytes) -> dict[str, Any]:
    """Make an event of a record's data: JSON, JSON within JSON, or a Python literal."""
    value: Any = data.decode("utf-8", "replace")
    for _ in range(2):
        if isinstance(value, str):
            value = _parsed(value)
    return value if isinstance(value, dict) else {}


def _parsed(text: str) -> Any:
    value = parsed_json(text)
    return parsed_literal(text) if value is None else value


def number_of(event: dict[str, Any]) -> int | None:
    """Find an event's number: its eventId, or the only other number in it."""
    for value in (event.get("eventId"), *event.values()):
        if type(value) is int:
            return value
        if isinstance(value, str) and len(value) < 10 and value.isdecimal():
            return int(value)
    return None
