"""Hidden tests of the comparison: compare_with_sqs.py."""

import random
from collections import Counter
from collections.abc import Sequence
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
    counted,
    how_many,
    in_words,
    shown,
    wrong,
)

from .reading import where_it_stopped

TEN = (
    "ReceiveMessage returns up to ten messages, often fewer: keep receiving until a response has "
    "none."
)
DELETE = (
    "A received message is only hidden for a while. Delete it with its receipt handle to remove it."
)
FROM_THE_START = "Get a new shard iterator of type TRIM_HORIZON for each reading."
EQUAL_ONES = "Equal messages are separate messages: send, keep and return each of them."
USE_IT = "Send with SendMessage or SendMessageBatch, and receive with ReceiveMessage."
GO_ON = (
    "A page without records is not the end of the log while MillisBehindLatest is above 0: keep "
    "reading with NextShardIterator."
)


def some_messages(rng: random.Random, count: int) -> list[str]:
    """Make messages that nobody can guess."""
    return [f"parcel {number}: {rng.randrange(10**9)}" for number in range(count)]


def two_readings(value: Any, call: str) -> tuple[list[str], list[str]]:
    """Check that a value is a pair of lists of texts."""
    lists = isinstance(value, list) and len(value) == 2
    if not lists or not all(
        isinstance(reading, list) and all(isinstance(message, str) for message in reading)
        for reading in value
    ):
        wrong(
            f"{call} returned {shown(value)}.",
            expected="(first, second), two lists of messages as text",
            hint="Return two lists: the messages of the first reading and those of the second.",
        )
    return value[0], value[1]


def expect_messages(
    found: list[str], right: list[str], call: str, hint: str, details: Sequence[str] = ()
) -> None:
    """Check that exactly these messages came, in this order; name what is wrong.

    Args:
        found: The messages that came.
        right: Those that should have come.
        call: Which reading, for the student.
        hint: What helps on.
        details: Sentences that say more of what went wrong.
    """
    if found == right:
        return
    witnesses = compare_logs(right, found, absent=Anomaly.UNREAD)
    count = how_many(len(found), len(right), witnesses, "message")
    wrong(
        " ".join([f"{call} has {count}: {in_words(witnesses, 'message')}.", *details]),
        expected=shown(right),
        hint=hint,
        witnesses=witnesses,
    )


def where_a_reading_stopped(seen: Seen, stream: str) -> tuple[str, ...]:
    """Say after which answer a reading of the log stopped too early; empty if none did."""
    reads = seen.calls("GetRecords", on=stream)
    used = {read.parameter("ShardIterator") for read in reads}
    for position, read in enumerate(reads):
        if read.more_follow and read.iterator not in used:
            return where_it_stopped(reads[: position + 1])
    return ()


def handed_out(seen: Seen, queue: str) -> set[str]:
    """List the messages that SQS handed out of a queue."""
    receives = seen.calls("ReceiveMessage", on=queue)
    return {message for receive in receives for message in receive.messages}


def expect_queue_readings(value: Any, messages: list[str], *, seen: Seen, queue: str) -> None:
    """Check that the queue gave each message once, in any order, and then none."""
    first, second = two_readings(value, "read_queue_twice()")
    hint = EQUAL_ONES if set(first) == set(messages) else TEN
    expect_messages(sorted(first), sorted(messages), "first", hint)
    if second:
        wrong(
            f"second has {counted(len(second), 'message')}: {shown(second)}.",
            expected="[]: all messages were received and deleted before",
            hint=DELETE,
        )
    if not handed_out(seen, queue).issuperset(first):
        wrong(
            "first has messages that did not come from the queue called queue_name.",
            expected="the messages that ReceiveMessage returned from that queue",
            hint=USE_IT,
        )


def deleted_messages(seen: Seen, queue: str) -> int:
    """Count the messages that were deleted with a handle that came with them."""
    receipts: dict[str, str] = {}
    for receive in seen.calls("ReceiveMessage", on=queue):
        receipts |= receive.receipts
    deletes = seen.calls("DeleteMessage", "DeleteMessageBatch", on=queue)
    handles = {handle for delete in deletes for handle in delete.deleted}
    return len({receipts[handle] for handle in handles & receipts.keys()})


def times_handed_out(seen: Seen, stream: str) -> int:
    """Count how often Kinesis handed out every record of a stream at least."""
    times = Counter(
        number for read in seen.calls("GetRecords", on=stream) for number in read.sequence_numbers
    )
    return min((times[record.sequence_number] for record in seen.log(stream).records), default=0)


@pytest.mark.graded("B1", points=1)
def test_queue_hands_out_each_message_once(
    brokers: Module, seen: Seen, rng: random.Random, name: str
) -> None:
    """The first reading has each message once; the second reading is empty."""
    messages = some_messages(rng, rng.randint(3, 7))

    value = brokers.read_queue_twice(name, messages)

    expect_queue_readings(value, messages, seen=seen, queue=name)
    requests = seen.calls(
        "ReceiveMessage", "GetQueueAttributes", "DeleteMessage", "DeleteMessageBatch", on=name
    )
    if requests and requests[-1].operation.startswith("Delete"):
        wrong(
            "Your function did not receive again after deleting the messages, so second is not a "
            "real reading.",
            expected="a second reading, which finds the queue empty",
            hint="Receive once more after all messages are deleted.",
        )


@pytest.mark.graded("B1", points=2)
def test_queue_with_more_than_ten_messages(
    brokers: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """All messages are received when each receive gives only some of them."""
    messages = some_messages(rng, rng.randint(23, 34))
    cloud.faults.add(ReceiveSize(rng.randint(4, 9), queue=name))

    value = brokers.read_queue_twice(name, messages)

    expect_queue_readings(value, messages, seen=seen, queue=name)


@pytest.mark.graded("B2", points=2)
def test_nothing_is_left_in_the_queue(
    brokers: Module, seen: Seen, rng: random.Random, name: str
) -> None:
    """The queue is empty afterwards: no message is visible or in flight."""
    messages = some_messages(rng, rng.randint(5, 15))

    brokers.read_queue_twice(name, messages)

    if seen.calls("PurgeQueue", on=name):
        wrong(
            "The queue was purged.",
            expected="each message received and deleted, as a consumer does",
            hint=DELETE,
        )
    if not handed_out(seen, name) & set(messages):
        wrong(
            "None of the messages went through the queue called queue_name.",
            expected=f"messages sent to the queue {name!r} and received from it",
            hint=USE_IT,
        )
    depth = seen.queue(name)
    if depth is None:
        wrong(
            f"Afterwards, there is no queue {name!r}.",
            expected="the queue, empty but not deleted",
            hint="Create the queue with exactly this name, and do not delete it.",
        )
    if depth.visible or depth.in_flight or depth.delayed:
        wrong(
            f"Left in the queue: {depth.visible} visible, {depth.in_flight} in flight and "
            f"{depth.delayed} delayed.",
            expected="0 visible, 0 in flight, 0 delayed",
            hint=DELETE,
        )
    deleted = deleted_messages(seen, name)
    if deleted < len(messages):
        wrong(
            f"Your function deleted {deleted} of {counted(len(messages), 'message')}; the queue "
            "lost the others in another way.",
            expected="each message received and deleted, as a consumer does",
            hint=DELETE,
        )


@pytest.mark.graded("B3", points=2)
def test_log_is_read_twice_the_same(
    brokers: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Both readings of the log have all messages, in order."""
    messages = some_messages(rng, rng.randint(12, 20))
    cloud.faults.add(EmptyPages(None, rng.randint(4, 8), pages=1, stream=name))

    value = brokers.read_log_twice(name, messages)

    first, second = two_readings(value, "read_log_twice()")
    stopped = where_a_reading_stopped(seen, name)
    hint = GO_ON if stopped else FROM_THE_START
    expect_messages(first, messages, "first", hint, stopped)
    expect_messages(second, messages, "second", hint, stopped)
    readings = times_handed_out(seen, name)
    if readings < 2:
        wrong(
            f"Your function {'read' if readings else 'did not read'} all records of the stream "
            f"called stream_name{' only once' if readings else ''}.",
            expected="two readings of that stream",
            hint="Read the log again for the second reading: do not copy the first.",
        )


@pytest.mark.graded("B3", points=1)
def test_log_is_a_stream_with_one_shard(
    brokers: Module, seen: Seen, rng: random.Random, name: str
) -> None:
    """The messages are in a stream with one shard, in order, and the stream is not deleted."""
    messages = some_messages(rng, rng.randint(4, 9))

    brokers.read_log_twice(name, messages)

    status = seen.status(name)
    if status != "ACTIVE":
        wrong(
            f"Afterwards, the stream {name!r} {f'is {status}' if status else 'does not exist'}.",
            expected="a stream with one shard, not deleted",
            hint="Create the stream with exactly this name, and do not delete it.",
        )
    shards = seen.log(name).by_shard
    if len(shards) != 1:
        wrong(
            f"The stream has {counted(len(shards), 'shard')}.",
            expected="one shard, because records are in order only within a shard",
            hint="Create the stream with ShardCount 1.",
        )
    (records,) = shards.values()
    found = [record.text for record in records]
    if found != messages:
        witnesses = compare_logs(messages, found)
        wrong(
            f"The stream holds {shown(found)}.",
            expected=shown(messages),
            hint="Send the messages one after another, each as the UTF-8 bytes of one record.",
            witnesses=[
                deviation for deviation in witnesses if deviation.anomaly is not Anomaly.OVERREAD
            ],
        )


@pytest.mark.graded("B4", points=1)
def test_no_messages_at_all(brokers: Module, seen: Seen, name: str) -> None:
    """With no messages, both functions return two empty lists."""
    queue = brokers.read_queue_twice(f"{name}-queue", [])
    log = brokers.read_log_twice(f"{name}-log", [])

    for value, call in ((queue, "read_queue_twice()"), (log, "read_log_twice()")):
        if two_readings(value, call) != ([], []):
            wrong(
                f"{call} returned {shown(value)} for no messages.",
                expected="([], [])",
                hint="Nothing was sent, so both readings are empty.",
            )
    for operation, broker, suffix in (
        ("CreateQueue", "queue", "queue"),
        ("CreateStream", "stream", "log"),
    ):
        if not seen.calls(operation, on=f"{name}-{suffix}"):
            wrong(
                f"No {broker} with the name that was passed in was created.",
                expected=f"a {broker}, even if there is nothing to send",
                hint="Create it first, then check whether there are messages.",
            )


@pytest.mark.graded("B4", points=1)
def test_equal_messages_and_any_text(
    brokers: Module, seen: Seen, rng: random.Random, name: str
) -> None:
    """Equal messages all come back, and every text comes back unchanged."""
    word = f"größer {rng.randrange(10**6)}"
    messages = [word, "温度 21°", word, '{"json": "as text"}', "🛰️ down", "  Two  Spaces ", word]

    queue = brokers.read_queue_twice(f"{name}-queue", messages)
    log = brokers.read_log_twice(f"{name}-log", messages)

    expect_queue_readings(queue, messages, seen=seen, queue=f"{name}-queue")
    first, second = two_readings(log, "read_log_twice()")
    for found, call in ((first, "first"), (second, "second")):
        hint = "Encode each text as UTF-8, and decode it as UTF-8."
        if len(found) < len(messages):
            hint = EQUAL_ONES if found else FROM_THE_START
        expect_messages(found, messages, call, hint)
    if not times_handed_out(seen, f"{name}-log"):
        wrong(
            "first has messages that did not come from the stream called stream_name.",
            expected="the messages that GetRecords returned from that stream",
            hint="Send the messages to the stream, and read them from it.",
        )
