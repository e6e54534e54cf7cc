"""Hidden tests of the writer: kinesis_multi_shard.py."""

import random
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from autograder.testing import (
    Anomaly,
    Module,
    Record,
    RejectRecords,
    Scene,
    Seen,
    ShardPageSize,
    Throttle,
    counted,
    crashed,
    shown,
    witnesses_of,
    wrong,
)

from .events import (
    ACTIONS,
    SEND,
    USERS,
    RecordId,
    decoded,
    events_in,
    number_of,
)
from .pictures import picture_of_sending
from .reading import RETURN_IT
from .writing import expect_sent

# Far more than a function may sleep, and less than any time zone is away from UTC here.
CLOCKS_DIFFER = timedelta(hours=2)
REPORTED = "Kinesis gives the ShardId of each record in its answer: use that."
WAIT_HINT = "create_stream only starts the creation; boto3's waiter `stream_exists` waits for it."
WAIT_TOO = (
    "If create_stream says that the stream exists, it may still be CREATING: wait until it is "
    "ACTIVE in that case too."
)


def expect_active(seen: Seen, stream: str, shards: int, after: str, hint: str = WAIT_HINT) -> None:
    """Check that a stream is ACTIVE and has this number of shards.

    Args:
        seen: Where it is.
        stream: Its name.
        shards: The right number.
        after: After which call, for the student.
        hint: What helps if it is not ACTIVE.
    """
    status = seen.status(stream)
    if status != "ACTIVE":
        wrong(
            f"After {after}, the stream {f'is {status}' if status else 'does not exist'}.",
            expected=f"a stream {stream!r} that is ACTIVE",
            hint=hint,
        )
    found = len(seen.shards(stream))
    if found != shards:
        wrong(
            f"After {after}, the stream has {counted(found, 'shard')}.",
            expected=counted(shards, "shard"),
            hint="A new stream has shard_count shards; an existing stream keeps the shards it has.",
        )


@pytest.mark.graded("W1", points=2)
def test_create_returns_once_active(
    writer: Module, seen: Seen, rng: random.Random, name: str
) -> None:
    """A new stream is ACTIVE and has shard_count shards when the function returns."""
    shards = rng.choice([2, 3, 5, 6, 7])

    writer.create_multi_shard_stream(name, shards)

    expect_active(seen, name, shards, "create_multi_shard_stream()")


@pytest.mark.graded("W2", points=2)
def test_existing_stream_is_left_alone(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """An existing stream keeps its shards and records; a new one is created."""
    shards = rng.randint(2, 4)
    cloud.kinesis.create_stream(name, shards)
    before = cloud.kinesis.put(name, b'{"kept": true}', "somebody")

    writer.create_multi_shard_stream(f"{name}-new", shards)
    writer.create_multi_shard_stream(name, shards + 3)

    if seen.status(f"{name}-new") is None:
        wrong(
            "create_multi_shard_stream() did not create a new stream.",
            expected="a new stream (this test checks the existing stream after that)",
            hint="Call create_stream of boto3.",
        )
    expect_active(seen, name, shards, "create_multi_shard_stream() on an existing stream")
    kept = {(record.sequence_number, record.data) for record in seen.log(name).records}
    if (before.sequence_number, before.data) not in kept:
        wrong(
            "The record in the existing stream is gone.",
            expected="the existing stream with all its records",
            hint="Do not delete the stream to create it again.",
        )


@pytest.mark.graded("W2", points=2)
def test_stream_that_somebody_else_creates_is_waited_for(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """An existing stream that is still CREATING is ACTIVE when the function returns."""
    shards = rng.randint(2, 5)
    cloud.kinesis.create_stream(name, shards, status="CREATING")

    writer.create_multi_shard_stream(name, shards)

    expect_active(
        seen,
        name,
        shards,
        "create_multi_shard_stream() on a stream that was still CREATING",
        hint=WAIT_TOO,
    )


AS_THEY_ARE = "Return the entries of Shards unchanged, as Kinesis gives them."
DESCRIPTIONS = "a list of all shard descriptions, dicts with ShardId and HashKeyRange"


def expect_shards(value: Any, right: Sequence[str], hint: str) -> None:
    """Check that each shard of the stream is there once, in any order and any form."""
    if not isinstance(value, list):
        wrong(
            f"get_shard_info() returned {shown(value)}.",
            expected=DESCRIPTIONS,
            hint=RETURN_IT if value is None else AS_THEY_ARE,
        )
    found = [shard.get("ShardId") if isinstance(shard, dict) else shard for shard in value]
    missing = sorted(set(right) - {name for name in found if isinstance(name, str)})
    if missing or len(found) != len(right):
        wrong(
            f"get_shard_info() returned {counted(len(found), 'description')} for "
            f"{counted(len(right), 'shard')}.",
            expected=DESCRIPTIONS,
            hint=hint,
            witnesses=witnesses_of(Anomaly.UNREAD, missing),
        )


def shard_ids(cloud: Scene, stream: str) -> list[str]:
    """List the ids of a stream's shards as they were arranged."""
    return [shard["ShardId"] for shard in cloud.kinesis.shards(stream)]


@pytest.mark.graded("W3", points=1)
def test_shard_info_returns_the_descriptions(
    writer: Module, cloud: Scene, rng: random.Random, name: str
) -> None:
    """The description of each shard is returned."""
    cloud.kinesis.create_stream(name, rng.randint(2, 6))
    right = {shard["ShardId"]: shard["HashKeyRange"] for shard in cloud.kinesis.shards(name)}

    value = writer.get_shard_info(name)

    expect_shards(value, list(right), AS_THEY_ARE)
    for shard in value:
        if not isinstance(shard, dict):
            wrong(
                f"get_shard_info() returned a list with {shown(shard)}.",
                expected=DESCRIPTIONS,
                hint=AS_THEY_ARE,
            )
        if shard.get("HashKeyRange") != right[shard["ShardId"]]:
            wrong(
                f"get_shard_info() returned for {shard['ShardId']} "
                f"the HashKeyRange {shown(shard.get('HashKeyRange'))}.",
                expected=shown(right[shard["ShardId"]]),
                hint=AS_THEY_ARE,
            )


@pytest.mark.graded("W3", points=2)
def test_shard_info_follows_all_pages(
    writer: Module, cloud: Scene, rng: random.Random, name: str
) -> None:
    """All pages of the shard listing are followed."""
    cloud.kinesis.create_stream(name, rng.randint(7, 11))
    right = shard_ids(cloud, name)
    cloud.faults.add(ShardPageSize(3))

    value = writer.get_shard_info(name)

    expect_shards(
        value,
        right,
        "Kinesis lists the shards of a large stream in pages; HasMoreShards or NextToken says "
        "that more follow.",
    )


@pytest.mark.graded("W3", points=1)
def test_shard_info_has_closed_shards_too(
    writer: Module, cloud: Scene, rng: random.Random, name: str
) -> None:
    """Closed shards are described too."""
    cloud.kinesis.create_stream(name, 2)
    cloud.kinesis.split(name, rng.choice(shard_ids(cloud, name)))
    right = shard_ids(cloud, name)

    value = writer.get_shard_info(name)

    expect_shards(value, right, "Include closed shards: they still hold records.")


@pytest.mark.graded("W4", points=2)
def test_exactly_so_many_events_are_sent(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Exactly num_events records are in the stream."""
    count = rng.randint(31, 44)
    cloud.kinesis.create_stream(name, 3)

    writer.send_events_to_shards(name, count)

    found = events_in(seen, name, count)
    if len(found) != count:
        right = [RecordId(number) for number in range(count)]
        wrong(
            f"send_events_to_shards(..., {count}) left {counted(len(found), 'record')} in the "
            "stream.",
            expected=counted(count, "record"),
            hint="Send one record for each event, from number 0 to num_events - 1.",
            attachment=picture_of_sending(seen, name, found, right),
        )


@pytest.mark.graded("W4", points=1)
def test_events_cycle_through_users_and_actions(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Event i has eventId i; userId and action cycle through their lists."""
    count = rng.randint(31, 40)
    cloud.kinesis.create_stream(name, 3)

    writer.send_events_to_shards(name, count)

    events = [_strictly_decoded(sent.record) for sent in events_in(seen, name, count)]
    found = {event.get("eventId") for event in events if type(event.get("eventId")) is int}
    missing = [RecordId(number) for number in range(count) if number not in found]
    if missing:
        wrong(
            f"{len(missing)} of {count} events are not in the stream under their eventId.",
            expected=f"eventId 0 to {count - 1}, each a number",
            hint="Count events from 0, and make eventId a number, not a string.",
            witnesses=witnesses_of(Anomaly.LOST, missing),
        )
    numbered = {
        event["eventId"]: event
        for event in events
        if type(event.get("eventId")) is int and 0 <= event["eventId"] < count
    }
    for key, cycle in (("userId", USERS), ("action", ACTIONS)):
        right = {number: cycle[number % len(cycle)] for number in numbered}
        odd = [number for number in sorted(numbered) if numbered[number].get(key) != right[number]]
        if odd:
            value = numbered[odd[0]].get(key)
            all_cycle = all(numbered[number].get(key) in cycle for number in odd)
            wrong(
                f"{len(odd)} of {count} events have the wrong {key}; the first is event {odd[0]}, "
                f"with {shown(value)}.",
                expected=shown(right[odd[0]]),
                hint=f"The {key} depends only on the event's number. Which {key} belongs to event "
                f"{odd[0]}, counting from 0?"
                if all_cycle
                else f"Write each {key} exactly as the handout does.",
            )


def _strictly_decoded(record: Record) -> dict[str, Any]:
    """Decode the JSON of an event; anything else ends the test."""
    event = record.json
    if not isinstance(event, dict):
        wrong(
            f"A record's data is {shown(record.text)}.",
            expected="the JSON of one event, as json.dumps(event) returns it",
            hint="Encode the event with json.dumps once, and send that as Data.",
        )
    return event


@pytest.mark.graded("W4", points=1)
def test_timestamps_are_utc(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Each timestamp is the current time in ISO 8601, in UTC, ending in Z."""
    count = rng.randint(5, 9)
    cloud.kinesis.create_stream(name, 2)

    writer.send_events_to_shards(name, count)

    found = events_in(seen, name, count)
    if not found:
        wrong("The stream has no records.", expected="events with a timestamp", hint=SEND)
    for sent in found:
        stamp = sent.event.get("timestamp")
        fault = _fault_of(stamp, seen.today())
        if fault:
            wrong(
                f"{str(sent.id).capitalize()} has the timestamp {shown(stamp)}{fault}",
                expected="the current time in UTC, as a string such as 2026-03-01T12:34:56.789012Z",
                hint="datetime.now(UTC) is the time in UTC on any machine. +00:00 and Z mean the "
                "same: replace +00:00 with Z.",
            )


def _fault_of(stamp: object, now: datetime) -> str:
    """Say what is wrong with a timestamp; empty if nothing is."""
    if (
        not isinstance(stamp, str)
        or len(stamp) > 40
        or not re.fullmatch(r"\d{4}-?\d\d-?\d\dT[\d:.,]+Z", stamp)
    ):
        return "."
    try:
        away = datetime.fromisoformat(stamp) - now
    except ValueError:
        return ", which is not a valid time."
    if abs(away) > timedelta(days=1):
        return ", days away from now."
    if abs(away) > CLOCKS_DIFFER:
        return f", {round(away / timedelta(hours=0.5)) / 2:+} hours away from now."
    return ""


@pytest.mark.graded("W4", points=1)
def test_thirty_events_by_default(writer: Module, cloud: Scene, seen: Seen, name: str) -> None:
    """Without num_events, 30 events are sent."""
    cloud.kinesis.create_stream(name, 2)

    writer.send_events_to_shards(name)

    found = len(events_in(seen, name, 30))
    if found != 30:
        wrong(
            f"send_events_to_shards() without num_events left {counted(found, 'record')}.",
            expected="30 records",
            hint="num_events is 30 by default.",
        )


@pytest.mark.graded("W4", points=1)
def test_no_events_at_all(writer: Module, cloud: Scene, seen: Seen, name: str) -> None:
    """With num_events 0 nothing is sent and no error is raised; with 3, something is sent."""
    cloud.kinesis.create_stream(name, 2)
    cloud.kinesis.create_stream(f"{name}-more", 2)

    writer.send_events_to_shards(f"{name}-more", 3)
    writer.send_events_to_shards(name, 0)

    expect_any(seen, f"{name}-more")
    found = len(events_in(seen, name, 0))
    if found:
        wrong(
            f"send_events_to_shards(..., 0) left {counted(found, 'record')}.",
            expected="no record",
            hint="Send nothing when num_events is 0. (PutRecords also rejects an empty batch.)",
        )


@pytest.mark.graded("W5", points=2)
def test_partition_key_is_the_user(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """The partition key of each record is its event's user."""
    cloud.kinesis.create_stream(name, rng.randint(3, 6))
    count = rng.randint(15, 35)

    writer.send_events_to_shards(name, count)

    sent = events_in(seen, name, count)
    found = sorted(sent, key=lambda event: -1 if event.number is None else event.number)
    if not found:
        wrong("The stream has no records.", expected="events keyed by their user", hint=SEND)
    for keyed in found:
        user = keyed.event.get("userId", USERS[(keyed.number or 0) % len(USERS)])
        if keyed.record.partition_key != user:
            wrong(
                f"{str(keyed.id).capitalize()} of user {shown(user)} was sent with the partition "
                f"key {shown(keyed.record.partition_key)}.",
                expected="the user as the partition key",
                hint="Records with the same partition key go to the same shard, in order.",
                attachment=picture_of_sending(seen, name, sent),
            )
    misrouted = [
        event.id
        for event in found
        if event.record.shard_id != seen.shard_for(name, event.record.partition_key)
    ]
    if misrouted:
        wrong(
            "1 record is not in the shard that its partition key maps to."
            if len(misrouted) == 1
            else f"{len(misrouted)} records are not in the shard that their partition key maps to.",
            expected="the shard that Kinesis chooses from the partition key",
            hint="Do not pass ExplicitHashKey.",
            witnesses=witnesses_of(Anomaly.MISROUTED, misrouted),
            attachment=picture_of_sending(seen, name, sent),
        )


@pytest.mark.graded("W6", points=1)
def test_each_users_events_are_in_order(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Within a shard, each user's events are in the order of eventId."""
    count = rng.randint(35, 60)
    cloud.kinesis.create_stream(name, 4)

    writer.send_events_to_shards(name, count)

    expect_sent(
        seen, name, count, "Kinesis keeps records in the order in which they arrive.", in_order=True
    )


@pytest.mark.graded("W6", points=2, api_calls=1500)
def test_more_events_than_one_batch_holds(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Several hundred events arrive, more than one PutRecords call takes."""
    count = rng.randint(503, 540)
    cloud.kinesis.create_stream(name, 4)

    writer.send_events_to_shards(name, count)

    expect_sent(seen, name, count, "PutRecords takes at most 500 records in a call.")


def number_in(record: dict[str, Any]) -> int | None:
    """Return the number of the event in a record that a fault is shown."""
    return number_of(decoded(record["Data"]))


@pytest.mark.graded("W6", points=2)
def test_throttled_calls_lose_nothing(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A call that is throttled several times in a row is repeated until it succeeds."""
    count = rng.randint(20, 29)
    cloud.kinesis.create_stream(name, 4)

    def is_asked_for(record: dict[str, Any]) -> bool:
        return number_in(record) in range(count)

    after = rng.randint(0, 1)
    cloud.faults.add(Throttle("PutRecord", times=8, after=after, choose=is_asked_for))
    # From the first request on: a single batch can hold all events.
    cloud.faults.add(Throttle("PutRecords", times=8, choose=is_asked_for))

    writer.send_events_to_shards(name, count)

    expect_sent(
        seen,
        name,
        count,
        "A throttled call stored nothing: wait, then send the same records again.",
    )


@pytest.mark.graded("W6", points=2)
def test_rejected_records_are_sent_again_in_order(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Records that Kinesis rejects are sent again, and each user's events stay in order."""
    count = rng.randint(20, 29)
    remainder = rng.randrange(3)
    cloud.kinesis.create_stream(name, 4)

    def is_unlucky(record: dict[str, Any]) -> bool:
        number = number_in(record)
        return number is not None and number % 3 == remainder

    cloud.faults.add(RejectRecords(is_unlucky, times_each=3, identity=number_in))

    writer.send_events_to_shards(name, count)

    expect_sent(
        seen,
        name,
        count,
        "Kinesis took only part of a batch. Resend only the records with an ErrorCode, before you "
        "send that user's next event.",
        in_order=True,
    )


@pytest.mark.graded("W6", points=1)
def test_errors_that_last_reach_the_caller(
    writer: Module, cloud: Scene, seen: Seen, name: str
) -> None:
    """Sending to a missing stream raises an error; sending to an existing one works."""
    cloud.kinesis.create_stream(f"{name}-there", 2)

    writer.send_events_to_shards(f"{name}-there", 5)
    error = writer.error_of("send_events_to_shards", name, 5)

    expect_any(seen, f"{name}-there")
    if error is None:
        wrong(
            "send_events_to_shards() returned normally, but the stream does not exist.",
            expected="the error that boto3 raises",
            hint="Catch only errors that go away by themselves, such as throttling.",
        )


def expect_any(seen: Seen, stream: str) -> None:
    """Check that anything was sent: the positive half of a test that doing nothing would pass."""
    if not seen.log(stream).total:
        wrong(
            "send_events_to_shards() sent nothing to an existing stream.",
            expected="events in that stream (this test checks the rest after that)",
            hint=SEND,
        )


def mapping_of(value: Any) -> dict[str, Any]:
    """Check that a value is a dict."""
    if not isinstance(value, dict):
        wrong(
            f"send_events_to_shards() returned {shown(value)}.",
            expected="{user: shard id}",
            hint=RETURN_IT if value is None else REPORTED,
        )
    return value


@pytest.mark.graded("W7", points=1)
def test_mapping_names_the_users_that_sent(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """The mapping names exactly the users with at least one event."""
    count = rng.randint(2, 4)
    cloud.kinesis.create_stream(name, rng.randint(3, 6))

    value = writer.send_events_to_shards(name, count)

    expect_any(seen, name)
    users = {sent.user for sent in events_in(seen, name, count)}
    sent = users & set(USERS) or set(USERS[:count])
    if set(mapping_of(value)) != sent:
        wrong(
            f"send_events_to_shards(..., {count}) returned {shown(value)}.",
            expected=f"a mapping with the keys {', '.join(sorted(sent))}, and no others",
            hint="The keys are the users with at least one event.",
        )


@pytest.mark.graded("W7", points=1)
def test_mapping_is_what_kinesis_reported(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """On a stream with split shards, the mapping names the shards that received the events."""
    cloud.kinesis.create_stream(name, 2)
    for shard in cloud.kinesis.shards(name):
        cloud.kinesis.split(name, shard["ShardId"])

    count = rng.randint(10, 20)
    leads_to = {user: cloud.kinesis.shard_for(name, user) for user in USERS}

    value = writer.send_events_to_shards(name, count)

    expect_any(seen, name)
    mapping = mapping_of(value)
    sent = events_in(seen, name, count)
    for user in USERS:
        shards = {event.record.shard_id for event in sent if event.user == user}
        shards = shards or {leads_to[user]}
        if user in mapping and mapping[user] not in list(shards):
            wrong(
                f"send_events_to_shards() returned {shown(mapping[user])} for {user}.",
                expected=" or ".join(sorted(shards)),
                hint=REPORTED,
                attachment=picture_of_sending(seen, name, sent),
            )
    if not set(USERS) & set(mapping):
        wrong(
            f"send_events_to_shards() returned {shown(value)}.",
            expected="{user: shard id}, for every user with at least one event",
            hint=REPORTED,
        )


@pytest.mark.graded("W8", points=1)
def test_delete_returns_once_gone(
    writer: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """The stream is gone, not only DELETING, when the function returns."""
    cloud.kinesis.create_stream(name, rng.randint(1, 4))

    writer.delete_stream(name)

    status = seen.status(name)
    if status is not None:
        wrong(
            f"After delete_stream(), the stream is {status}.",
            expected="no stream with that name",
            hint="delete_stream of boto3 only starts the deletion; its waiter `stream_not_exists` "
            "waits for the end.",
        )


@pytest.mark.graded("W8", points=1)
def test_deleting_what_never_was_is_no_error(
    writer: Module, cloud: Scene, seen: Seen, name: str
) -> None:
    """Deleting a missing stream raises no error and leaves other streams alone."""
    other = f"{name}-other"
    cloud.kinesis.create_stream(other, 1)
    cloud.kinesis.create_stream(f"{name}-there", 1)

    writer.delete_stream(f"{name}-there")
    error = writer.error_of("delete_stream", name)

    if seen.status(f"{name}-there") == "ACTIVE":
        wrong(
            "delete_stream() did not delete an existing stream.",
            expected="that stream deleted (this test checks a missing stream after that)",
            hint="Call delete_stream of boto3.",
        )
    if error is not None:
        crashed(
            error,
            "delete_stream()",
            expected="no error: there is nothing to delete",
            hint="This error says that the stream does not exist. Is anything left to delete?"
            if error.error_code == "ResourceNotFoundException"
            else None,
        )
    if seen.status(other) != "ACTIVE":
        wrong(
            "delete_stream() deleted another stream.",
            expected="all other streams left alone",
            hint="Delete only the stream with exactly this name.",
        )
