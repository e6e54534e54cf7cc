"""The events that a writer sends, recognised in the log however they are written.

Their form is judged by the tests of W4. All others recognise an event also where its number is a
text, or counted from 1, so that a fault of form costs those points only.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.testing import Record, Seen, counted, parsed_json, parsed_literal, wrong

USERS = ("alice", "bob", "charlie", "diana", "eve")
ACTIONS = ("login", "view_page", "click", "logout")
MOST_TIMES = 4
"""Who leaves more than so many times the records that were asked for is told their number alone."""
SEND = "Send each event with PutRecord or PutRecords."


@dataclass(frozen=True)
class SentEvent:
    """A record of the log, and what can be recognised in it."""

    record: Record

    @cached_property
    def event(self) -> dict[str, Any]:
        """The event; empty where the data are none at all."""
        return decoded(self.record.data)

    @cached_property
    def number(self) -> int | None:
        """Which event it is."""
        return number_of(self.event)

    @property
    def user(self) -> str:
        """Whose event it is: by its partition key where it names none of the users."""
        user = self.event.get("userId")
        return user if isinstance(user, str) and user in USERS else self.record.partition_key

    @property
    def name(self) -> str:
        """The name by which a student knows it."""
        return "an event without a number" if self.number is None else f"event {self.number}"


def events_in(seen: Seen, stream: str, asked: int) -> list[SentEvent]:
    """Recognise the events of a stream, shard by shard, in order.

    Args:
        seen: What saw them.
        stream: Where they stand.
        asked: How many were to be sent.

    Raises:
        Verdict: There are many times as many.
    """
    log = seen.log(stream)
    if log.total > MOST_TIMES * max(asked, 25):
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
