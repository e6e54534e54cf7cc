"""Hidden tests of the comparison: compare_with_sqs.py."""

import random
from typing import Any

import pytest

from autograder.testing import (
    Anomaly,
    EmptyPages,
    Module,
    ReceiveSize,
    Scene,
    Seen,
    compare_logs,
    in_words,
    shown,
    wrong,
)

TEN = "ReceiveMessage hands out ten messages at most, and sometimes fewer: ask until none come."
DELETE = (
    "A received message is only hidden for a while; deleting it with its receipt handle ends it."
)

USE_IT = "Send with SendMessage or SendMessageBatch, receive with ReceiveMessage."


def some_messages(chance: random.Random, count: int) -> list[str]:
    """Make messages that nobody can guess."""
    return [f"parcel {number}: {chance.randrange(10**9)}" for number in range(count)]


def two_readings(value: Any, call: str) -> tuple[list[str], list[str]]:
    """Check that a value is a pair of lists of texts."""
    lists = isinstance(value, list) and len(value) == 2
    if not lists or not all(
        isinstance(reading, list) and all(isinstance(one, str) for one in reading)
        for reading in value
    ):
        wrong(
            f"{call} returned {shown(value)}.",
            expected="(first, second), two lists of messages as text",
            hint="Return two lists: what the first and what the second reading received.",
        )
    return value[0], value[1]


def expect_messages(found: list[str], right: list[str], call: str, hint: str) -> None:
    """Check that exactly these messages came, in this order; name what is amiss."""
    if found == right:
        return
    witnesses = compare_logs(right, found, absent=Anomaly.UNREAD)
    wrong(
        f"{call} has {len(found)} of {len(right)} messages: {in_words(witnesses)}.",
        expected=shown(right),
        hint=hint,
        witnesses=witnesses,
    )


def handed_out(seen: Seen) -> set[str]:
    """List what SQS handed out."""
    return {message for call in seen.calls("ReceiveMessage") for message in call.messages}


def expect_queue_readings(value: Any, messages: list[str], *, seen: Seen) -> None:
    """Check that the queue gave each message once, in any order, and then none."""
    first, second = two_readings(value, "read_queue_twice()")
    expect_messages(sorted(first), sorted(messages), "first", TEN)
    if second:
        wrong(
            f"second has {len(second)} messages: {shown(second)}.",
            expected="[]: the messages were received and deleted before",
            hint=DELETE,
        )
    if not handed_out(seen).issuperset(first):
        wrong(
            "first has messages that SQS never handed out.",
            expected="what ReceiveMessage answered",
            hint=USE_IT,
        )


@pytest.mark.graded("B1", points=1)
def test_queue_hands_out_each_message_once(
    brokers: Module, seen: Seen, chance: random.Random, name: str
) -> None:
    """A queue gives each message once; received and deleted, it is gone."""
    messages = some_messages(chance, chance.randint(3, 7))

    value = brokers.read_queue_twice(name, messages)

    expect_queue_readings(value, messages, seen=seen)


@pytest.mark.graded("B1", points=2)
def test_queue_with_more_than_ten_messages(
    brokers: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """All messages are received, though one receive hands out only some of them."""
    messages = some_messages(chance, chance.randint(23, 34))
    cloud.faults.add(ReceiveSize(chance.randint(4, 9), queue=name))

    value = brokers.read_queue_twice(name, messages)

    expect_queue_readings(value, messages, seen=seen)


@pytest.mark.graded("B2", points=2)
def test_nothing_is_left_in_the_queue(
    brokers: Module, seen: Seen, chance: random.Random, name: str
) -> None:
    """Afterwards no message is in the queue, not even one in flight."""
    messages = some_messages(chance, chance.randint(5, 15))

    brokers.read_queue_twice(name, messages)

    if seen.calls("PurgeQueue"):
        wrong(
            "The queue was purged.",
            expected="each message received and deleted, as a consumer does it",
            hint=DELETE,
        )
    if not handed_out(seen) & set(messages):
        wrong(
            "None of the messages went through a queue.",
            expected=f"a queue {name!r}, used for real",
            hint=USE_IT,
        )
    depth = seen.queue(name)
    if depth is None:
        wrong(
            f"Afterwards there is no queue {name!r}.",
            expected="the queue, left in place and empty",
            hint="Make the queue under exactly this name, and do not delete it.",
        )
    if depth.visible or depth.in_flight or depth.delayed:
        wrong(
            f"{depth.visible} messages are visible and {depth.in_flight} in flight.",
            expected="0 visible, 0 in flight",
            hint=DELETE,
        )


@pytest.mark.graded("B3", points=2)
def test_log_is_read_twice_the_same(
    brokers: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """A log gives the same messages, in order, to everyone who reads it from the start."""
    messages = some_messages(chance, chance.randint(12, 20))
    cloud.faults.add(EmptyPages("shardId-000000000000", chance.randint(4, 8), pages=1, stream=name))

    value = brokers.read_log_twice(name, messages)

    first, second = two_readings(value, "read_log_twice()")
    hint = "Each reading takes a shard iterator of its own, TRIM_HORIZON."
    expect_messages(first, messages, "first", hint)
    expect_messages(second, messages, "second", hint)
    handed_out = sum(len(call.sequence_numbers) for call in seen.calls("GetRecords"))
    if handed_out < 2 * len(messages):
        wrong(
            f"Kinesis handed out {handed_out} records for {len(messages)} messages.",
            expected="two readings, so each record twice",
            hint="Read the log again for second; do not copy first.",
        )


@pytest.mark.graded("B3", points=1)
def test_log_is_a_stream_with_one_shard(
    brokers: Module, seen: Seen, chance: random.Random, name: str
) -> None:
    """The messages stand in a stream of one shard, in the order in which they were given."""
    messages = some_messages(chance, chance.randint(4, 9))

    brokers.read_log_twice(name, messages)

    status = seen.status(name)
    if status != "ACTIVE":
        wrong(
            f"Afterwards the stream {name!r} {f'is {status}' if status else 'does not exist'}.",
            expected="a stream with one shard, left in place",
            hint="Make the stream under exactly this name, and do not delete it.",
        )
    shards = seen.log(name).by_shard
    if len(shards) != 1:
        wrong(
            f"The stream has {len(shards)} shards.",
            expected="one shard, and so one order",
            hint="ShardCount is 1 here: only within a shard is there an order.",
        )
    (records,) = shards.values()
    found = [record.text for record in records]
    if found != messages:
        witnesses = compare_logs(messages, found)
        wrong(
            f"The stream holds {shown(found)}.",
            expected=shown(messages),
            hint="Each record's Data is one message, as its UTF-8 bytes; send them one after "
            "another.",
            witnesses=[one for one in witnesses if one.anomaly is not Anomaly.OVERREAD],
        )


@pytest.mark.graded("B4", points=1)
def test_no_messages_at_all(brokers: Module, seen: Seen, name: str) -> None:
    """Without any message, both brokers give two empty readings."""
    queue = brokers.read_queue_twice(f"{name}-queue", [])
    log = brokers.read_log_twice(f"{name}-log", [])

    for value, call in ((queue, "read_queue_twice()"), (log, "read_log_twice()")):
        if two_readings(value, call) != ([], []):
            wrong(
                f"{call} returned {shown(value)} for no messages.",
                expected="([], [])",
                hint="Nothing was sent, so neither reading finds anything.",
            )
    for operation, named, broker, suffix in (
        ("CreateQueue", "QueueName", "queue", "queue"),
        ("CreateStream", "StreamName", "stream", "log"),
    ):
        made = {call.parameter(named) for call in seen.calls(operation)}
        if f"{name}-{suffix}" not in made:
            wrong(
                f"No {broker} of the name that was passed in was made.",
                expected=f"a {broker}, though there is nothing to send",
                hint="Make it first; then look whether there are messages.",
            )


@pytest.mark.graded("B4", points=1)
def test_equal_messages_and_any_text(
    brokers: Module, seen: Seen, chance: random.Random, name: str
) -> None:
    """Equal messages are messages of their own, and every text comes back as it was."""
    word = f"größer {chance.randrange(10**6)}"
    messages = [word, "温度 21°", word, '{"json": "as text"}', "🛰️ down", "  Two  Spaces ", word]

    queue = brokers.read_queue_twice(f"{name}-queue", messages)
    log = brokers.read_log_twice(f"{name}-log", messages)

    expect_queue_readings(queue, messages, seen=seen)
    first, second = two_readings(log, "read_log_twice()")
    hint = "Encode text as UTF-8, and decode it the same way."
    expect_messages(first, messages, "first", hint)
    expect_messages(second, messages, "second", hint)
    if not any(call.sequence_numbers for call in seen.calls("GetRecords")):
        wrong(
            "first has messages that Kinesis never handed out.",
            expected="what GetRecords answered",
            hint="Put the messages into the stream, and read them from it.",
        )
