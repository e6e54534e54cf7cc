"""Visible checks of the writer, kinesis_multi_shard.py."""

import json
import re

from student_code import show

USERS = ("alice", "bob", "charlie", "diana", "eve")
ACTIONS = ("login", "view_page", "click", "logout")


def sent_events(writer, records, stream):
    """Decode all events of a stream, in the order of their eventId."""
    events = []
    for record in (one for shard in records(stream).values() for one in shard):
        try:
            events.append(json.loads(record["Data"]))
        except ValueError:
            writer.must(False, f"A record holds {show(record['Data'])}, which is no JSON.")
    if all(isinstance(one, dict) and isinstance(one.get("eventId"), int) for one in events):
        events.sort(key=lambda event: event["eventId"])
    return events


def test_w1_a_new_stream(writer, kinesis, name):
    """W1: A new stream has the shards that were asked for, and is ready."""
    writer.create_multi_shard_stream(name, 3)

    streams = kinesis.list_streams(Limit=100)["StreamNames"]
    writer.must(name in streams, f"There is no stream {name} afterwards.")
    count = len(kinesis.list_shards(StreamName=name)["Shards"])
    writer.must(count == 3, f"Asked for 3 shards, it made {count}.")


def test_w2_a_stream_that_exists(writer, kinesis, stream, shards, put, records):
    """W2: Making a stream that exists is no error, and leaves it alone."""
    put(shards[0], 2)

    writer.create_multi_shard_stream(stream, 2)

    now = [one["ShardId"] for one in kinesis.list_shards(StreamName=stream)["Shards"]]
    writer.must(now == shards, f"The stream had {len(shards)} shards; now it has {len(now)}.")
    left = len(records(stream)[shards[0]])
    writer.must(left == 2, f"The stream held 2 records; now it holds {left}.")


def test_w3_the_overview(writer, stream, shards):
    """W3: The overview returns the description of each shard."""
    found = writer.get_shard_info(stream)

    writer.must(
        isinstance(found, list | tuple) and all(isinstance(one, dict) for one in found),
        f"It should return a list of dicts, and returned {show(found)}.",
    )
    ids = sorted(str(one.get("ShardId")) for one in found)
    writer.must(ids == shards, f"The stream has the shards {show(shards)}; you returned {ids}.")
    writer.must(
        all("HashKeyRange" in one for one in found),
        "A description has no HashKeyRange: return the dicts as Kinesis gives them.",
    )


def test_w4_events(writer, stream, records):
    """W4: So many events are sent, with the four keys; users and actions take turns."""
    writer.send_events_to_shards(stream, 6)

    events = sent_events(writer, records, stream)
    writer.must(len(events) == 6, f"Asked for 6 events, it sent {len(events)}.")
    for number, event in enumerate(events):
        expected = {"eventId": number, "userId": USERS[number % 5], "action": ACTIONS[number % 4]}
        wanted = f"Event {number} should hold {expected} and a timestamp; it is {show(event)}."
        writer.must(isinstance(event, dict), wanted)
        writer.must({**event, **expected} == event and "timestamp" in event, wanted)
        writer.must(
            re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", str(event["timestamp"])),
            f"The timestamp {show(event['timestamp'])} is not like 2026-03-01T12:34:56.789012Z.",
        )


def test_w5_w7_where_events_go(writer, stream, records):
    """W5, W7: The partition key is the user; the answer says which shard has whose events."""
    answer = writer.send_events_to_shards(stream, 5)

    held = records(stream)
    expected = {one["PartitionKey"]: shard for shard, found in held.items() for one in found}
    writer.must(
        sorted(expected) == sorted(USERS),
        f"The partition keys should be the five users; they are {show(sorted(expected))}.",
    )
    writer.must(answer == expected, f"Events are in {show(expected)}; you returned {show(answer)}.")


def test_w8_deleting(writer, kinesis, stream):
    """W8: A deleted stream is gone; to delete one that never was is no error."""
    writer.delete_stream(stream)

    streams = kinesis.list_streams(Limit=100)["StreamNames"]
    writer.must(stream not in streams, f"The stream {stream} is still there.")
    writer.delete_stream("a-stream-that-never-was")
