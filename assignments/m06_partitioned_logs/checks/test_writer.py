"""Visible checks of the writer, kinesis_multi_shard.py."""

import json
import re
from datetime import UTC, datetime, timedelta

from checks.events import some_events
from checks.faults import RejectRecords, ShardPageSize, Throttle
from checks.student_code import show

USERS = ("alice", "bob", "charlie", "diana", "eve")
ACTIONS = ("login", "view_page", "click", "logout")
TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"


# Creating a stream.


def must_be_active(writer, cloud, stream, shards):
    """Fail unless a stream is ACTIVE and has this number of shards."""
    status = cloud.status(stream)
    writer.must(status is not None, f"The stream {stream} does not exist after the call.")
    writer.must(
        status == "ACTIVE",
        f"The stream is {status} when your function returns. create_stream only starts the "
        "creation: wait until the stream is ACTIVE.",
    )
    count = len(cloud.shard_ids(stream))
    writer.must(count == shards, f"The stream should have {shards} shards; it has {count}.")


def test_w1_new_stream(writer, cloud, name):
    """W1: A new stream is ACTIVE and has shard_count shards."""
    writer.create_multi_shard_stream(name, 3)

    must_be_active(writer, cloud, name, 3)


def test_w2_existing_stream(writer, cloud, name):
    """W2: An existing stream keeps its shards and records, and the function raises no error."""
    writer.create_multi_shard_stream(name, 2)
    must_be_active(writer, cloud, name, 2)
    cloud.put(name, cloud.shard_ids(name)[1], *some_events(2))

    writer.create_multi_shard_stream(name, 5)

    must_be_active(writer, cloud, name, 2)
    left = len(cloud.records(name))
    writer.must(left == 2, f"The stream held 2 records; now it holds {left}.")


def test_w2_stream_that_is_still_creating(writer, cloud, name):
    """W2: The function waits for a stream that is still CREATING."""
    cloud.create_stream(name, 2, status="CREATING")

    writer.create_multi_shard_stream(name, 2)

    must_be_active(writer, cloud, name, 2)


# The overview.


def must_describe(writer, found, shards):
    """Fail unless a value is a list of the expected shards' descriptions."""
    writer.must(
        isinstance(found, list | tuple) and all(isinstance(shard, dict) for shard in found),
        f"get_shard_info() should return a list of dicts; it returned {show(found)}.",
    )
    ids = sorted(str(shard.get("ShardId")) for shard in found)
    writer.must(
        ids == shards,
        f"There are {len(shards)} shards, {show(shards)}; you returned {show(ids)}.",
    )


def test_w3_overview(writer, stream, shards):
    """W3: The overview returns each shard's description."""
    found = writer.get_shard_info(stream)

    must_describe(writer, found, shards)
    writer.must(
        all("HashKeyRange" in shard for shard in found),
        "HashKeyRange is missing in a description: return the dicts as Kinesis sends them.",
    )


def test_w3_pages(writer, cloud, name):
    """W3: All three pages of the list of shards are read."""
    shards = cloud.create_stream(name, 5)
    cloud.faults.add(ShardPageSize(2, stream=name))

    must_describe(writer, writer.get_shard_info(name), shards)


def test_w3_closed_shards(writer, cloud, stream, shards):
    """W3: A closed shard is described too."""
    cloud.split(stream, shards[1])

    must_describe(writer, writer.get_shard_info(stream), cloud.shard_ids(stream))


# Sending events.


def sent_events(writer, cloud, stream):
    """Decode all events of a stream, in the order of their eventId."""
    events = []
    for record in cloud.records(stream):
        try:
            events.append(json.loads(record.data))
        except ValueError:
            writer.must(False, f"A record holds {show(record.data)}, which is not JSON.")
    if all(isinstance(event, dict) and type(event.get("eventId")) is int for event in events):
        events.sort(key=lambda event: event["eventId"])
    return events


def test_w4_events(writer, cloud, stream):
    """W4: Each event has its number, and users and actions cycle through their lists."""
    writer.send_events_to_shards(stream, 23)

    events = sent_events(writer, cloud, stream)
    writer.must(len(events) == 23, f"send_events_to_shards(..., 23) sent {len(events)} events.")
    for number, event in enumerate(events):
        expected = {"eventId": number, "userId": USERS[number % 5], "action": ACTIONS[number % 4]}
        writer.must(
            isinstance(event, dict)
            and type(event.get("eventId")) is int
            and {**event, **expected} == event
            and "timestamp" in event,
            f"Event {number} should hold {expected} and a timestamp; it is {show(event)}.",
        )


def test_w4_timestamps(writer, cloud, stream):
    """W4: Each timestamp is the current time, in UTC."""
    writer.send_events_to_shards(stream, 6)

    events = sent_events(writer, cloud, stream)
    writer.must(len(events) == 6, f"send_events_to_shards(..., 6) sent {len(events)} events.")
    for event in events:
        stamp = str(event.get("timestamp")) if isinstance(event, dict) else show(event)
        writer.must(
            re.fullmatch(TIMESTAMP, stamp),
            f"The timestamp {show(stamp)} is not like 2026-03-01T12:34:56.789012Z.",
        )
        away = abs(datetime.fromisoformat(stamp) - datetime.now(UTC))
        writer.must(
            away < timedelta(minutes=10),
            f"The timestamp {stamp} is {away} away from now: write the current time in UTC.",
        )


def test_w4_numbers_of_events(writer, cloud, stream):
    """W4: With num_events 0 it sends nothing; without num_events it sends 30 events."""
    writer.send_events_to_shards(stream, 0)

    count = len(cloud.records(stream))
    writer.must(count == 0, f"send_events_to_shards(..., 0) sent {count} events.")
    writer.send_events_to_shards(stream)
    count = len(cloud.records(stream))
    writer.must(
        count == 30, f"send_events_to_shards() without num_events sent {count} events, not 30."
    )


def test_w5_partition_keys(writer, cloud, stream):
    """W5: The partition key is the event's user, and Kinesis chooses the shard."""
    writer.send_events_to_shards(stream, 10)

    records = cloud.records(stream)
    writer.must(len(records) == 10, f"send_events_to_shards(..., 10) sent {len(records)} events.")
    for record in records:
        number = json.loads(record.data).get("eventId")
        keys = [USERS[number % 5]] if type(number) is int else USERS
        writer.must(
            record.partition_key in keys,
            f"Event {number} of {keys[0]} has the partition key {show(record.partition_key)}: "
            "it should be the event's userId.",
        )
        shard = cloud.shard_for(stream, record.partition_key)
        writer.must(
            record.shard_id == shard,
            f"Event {number} of {keys[0]} is in {record.shard_id}; its partition key belongs to "
            f"{shard}. Send no ExplicitHashKey, so that Kinesis chooses the shard.",
        )


def must_be_complete(writer, cloud, stream, count):
    """Fail unless the stream holds each event once, and each user's events in order."""
    held = {user: [] for user in USERS}
    for record in cloud.records(stream):
        event = json.loads(record.data)
        held.setdefault(event.get("userId"), []).append(event.get("eventId"))
    numbers = [number for numbers in held.values() for number in numbers]
    lost = sorted(set(range(count)) - set(numbers))
    writer.must(not lost, f"{len(lost)} of {count} events are lost: {show(lost)}.")
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    writer.must(
        not twice, f"{len(twice)} of {count} events were sent more than once: {show(twice)}."
    )
    for user, own in held.items():
        writer.must(
            own == sorted(own),
            f"The events of {user} are in the log in the order {own}: send a rejected event again "
            "before the next event of the same user.",
        )


def test_w6_more_than_a_batch(writer, cloud, stream):
    """W6: Several hundred events arrive, though PutRecords takes 500 at most."""
    writer.send_events_to_shards(stream, 502)

    must_be_complete(writer, cloud, stream, 502)


def test_w6_throttled(writer, cloud, stream):
    """W6: A call that Kinesis throttles 7 times in a row is repeated until it succeeds."""
    cloud.faults.add(Throttle("PutRecord", times=7, after=1, stream=stream))
    # Here also the first call, because all events may be in one batch.
    cloud.faults.add(Throttle("PutRecords", times=7, stream=stream))

    writer.send_events_to_shards(stream, 17)

    must_be_complete(writer, cloud, stream, 17)


def test_w6_rejected_records(writer, cloud, stream):
    """W6: When Kinesis accepts only part of a batch, the rest is sent again, in order."""

    def number_of(data):
        return json.loads(data).get("eventId", 0)

    cloud.faults.add(
        RejectRecords(
            lambda data: number_of(data) % 4 == 1,
            times_each=4,
            stream=stream,
            identity=number_of,
        )
    )

    writer.send_events_to_shards(stream, 18)

    must_be_complete(writer, cloud, stream, 18)


def test_w6_errors(writer, cloud, stream):
    """W6: An error that does not go away, such as a missing stream, reaches the caller."""
    writer.send_events_to_shards(stream, 5)
    must_be_complete(writer, cloud, stream, 5)

    raised = writer.fails("send_events_to_shards", f"{stream}-missing", 5)

    writer.must(
        raised, f"The stream {stream}-missing does not exist, but your function raised no error."
    )


def test_w7_mapping(writer, cloud, stream):
    """W7: The returned dict maps each user with events to the shard that holds them."""
    answer = writer.send_events_to_shards(stream, 4)

    sent = {record.partition_key: record.shard_id for record in cloud.records(stream)}
    writer.must(
        len(sent) == 4,
        "send_events_to_shards(..., 4) should send one event for each of 4 users; the stream holds "
        f"events of {show(sorted(sent))}.",
    )
    writer.must(answer == sent, f"The events are in {show(sent)}; you returned {show(answer)}.")


# Deleting a stream.


def test_w8_deleting(writer, cloud, stream):
    """W8: A deleted stream is gone, not only DELETING."""
    writer.delete_stream(stream)

    status = cloud.status(stream)
    writer.must(status is None, f"The stream is {status} when your function returns.")


def test_w8_nothing_to_delete(writer, cloud, stream):
    """W8: Deleting a stream that does not exist raises no error."""
    writer.delete_stream(stream)
    status = cloud.status(stream)
    writer.must(status is None, f"The stream is {status} when your function returns.")

    writer.delete_stream(stream)
