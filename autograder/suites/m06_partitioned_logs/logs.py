"""Steps that several hidden tests take: fill a shard, check pairs, compare logs."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.cloud import Cloud, StoredRecord
from autograder.grading.anomalies import compare_logs
from autograder.grading.grade import Anomaly, Witnesses
from autograder.grading.verdict import shown, wrong

Pair = tuple[str, dict[str, Any]]

USERS = ("alice", "bob", "charlie", "diana", "eve")
ACTIONS = ("login", "view_page", "click", "logout")


@dataclass(frozen=True)
class FilledShard:
    """A shard with records in it, and the pairs that a right reader returns for it."""

    stream: str
    shard_id: str
    pairs: tuple[Pair, ...]

    @property
    def offsets(self) -> tuple[str, ...]:
        """The sequence numbers, oldest first."""
        return tuple(offset for offset, _ in self.pairs)


def make_event(chance: random.Random, number: int) -> dict[str, Any]:
    """Make an event that looks like no example of the handout."""
    return {
        "eventId": number,
        "userId": f"rider-{chance.randrange(10**6)}",
        "reading": {"value": chance.randrange(10**6), "unit": "m²"},
    }


def fill_shard(
    cloud: Cloud, chance: random.Random, stream: str, records: int, shards: int = 3
) -> FilledShard:
    """Make a stream and put records into one of its shards, and a few into another."""
    cloud.kinesis.create_stream(stream, shards)
    ids = [shard["ShardId"] for shard in cloud.kinesis.shards(stream)]
    shard_id = chance.choice(ids)
    pairs: list[Pair] = []
    for number in range(records):
        event = make_event(chance, number)
        pairs.append((put(cloud, stream, shard_id, event), event))
        for other in ids:
            if other != shard_id and number % 4 == 0:
                put(cloud, stream, other, make_event(chance, 10_000 + number))
    return FilledShard(stream, shard_id, tuple(pairs))


def put(cloud: Cloud, stream: str, shard_id: str, event: dict[str, Any]) -> str:
    """Put one event into one shard and return its sequence number."""
    data = json.dumps(event).encode()
    return cloud.kinesis.put_in_shard(stream, shard_id, data, event["userId"]).sequence_number


def pairs_of(value: Any, call: str) -> list[Pair]:
    """Check that a value is a list of (sequence number, event) pairs."""
    expected = "a list of (sequence number, event) pairs, the event being the decoded JSON"
    if not isinstance(value, list):
        wrong(f"{call} returned {shown(value)}.", expected=expected)
    for item in value:
        if not isinstance(item, list) or len(item) != 2:
            wrong(f"{call} returned a list with the item {shown(item)}.", expected=expected)
        offset, event = item
        if not isinstance(offset, str) or not isinstance(event, dict):
            wrong(
                f"{call} returned a list with the pair {shown(item)}.",
                expected=expected,
                hint="The sequence number stays the string that Kinesis gives; "
                "json.loads makes the event of the record's Data.",
            )
    return [(offset, event) for offset, event in value]


def expect_pairs(value: Any, expected: Sequence[Pair], call: str, hint: str) -> None:
    """Check that exactly these pairs came back, in this order; name what is amiss."""
    pairs = pairs_of(value, call)
    names = {offset: f"event {event['eventId']}" for offset, event in expected}
    found = [names.get(offset, f"offset {offset}") for offset, _ in pairs]
    witnesses = compare_logs(list(names.values()), found, absent=Anomaly.UNREAD)
    if witnesses:
        wrong(
            f"{call} returned {len(pairs)} of {len(expected)} records: {in_words(witnesses)}.",
            expected=f"{len(expected)} pairs{first_and_last(expected)}",
            hint=hint,
            witnesses=witnesses,
        )
    for (offset, event), (_, right) in zip(pairs, expected, strict=True):
        if event != right:
            wrong(
                f"{call} returned for offset {offset} the event {shown(event)}.",
                expected=shown(right),
                hint="The event is the record's Data, decoded from JSON, and nothing else.",
            )


def first_and_last(expected: Sequence[Pair]) -> str:
    """Name the ends of what should have come back."""
    if not expected:
        return ""
    return f", from event {expected[0][1]['eventId']} to event {expected[-1][1]['eventId']}"


def in_words(witnesses: Sequence[Witnesses]) -> str:
    """Say how many records are lost, duplicated and so on."""
    return ", ".join(f"{one.total} {one.anomaly.value}" for one in witnesses)


def decoded_events(cloud: Cloud, stream: str) -> list[tuple[StoredRecord, dict[str, Any]]]:
    """Decode all records of a stream, shard by shard; a record that is no event ends the test."""
    found: list[tuple[StoredRecord, dict[str, Any]]] = []
    for records in cloud.kinesis.records(stream).values():
        for record in records:
            try:
                event = json.loads(record.data)
            except (ValueError, RecursionError):
                event = None
            if not isinstance(event, dict):
                wrong(
                    f"A record's data is {shown(record.data[:100].decode('utf-8', 'replace'))}.",
                    expected="the JSON of one event, such as json.dumps(event) gives it",
                )
            found.append((record, event))
    return found


def event_ids(events: Sequence[dict[str, Any]]) -> list[str]:
    """Name events by their eventId."""
    return [f"event {shown(event.get('eventId'))}" for event in events]


def expect_sent(cloud: Cloud, stream: str, num_events: int, hint: str | None = None) -> None:
    """Check that each user's events stand in the log once each, in the order of eventId."""
    found = decoded_events(cloud, stream)
    for user in USERS:
        right = [f"event {i}" for i in range(num_events) if USERS[i % 5] == user]
        mine = event_ids([event for _, event in found if event.get("userId") == user])
        witnesses = compare_logs(right, mine)
        if witnesses:
            wrong(
                f"Of {user}'s {len(right)} events, {in_words(witnesses)}.",
                expected=f"every event of {user} once, in the order of eventId",
                hint=hint,
                witnesses=witnesses,
            )
    if len(found) != num_events:
        wrong(
            f"{len(found)} records stand in the stream.",
            expected=f"{num_events} records",
            hint=hint,
        )
