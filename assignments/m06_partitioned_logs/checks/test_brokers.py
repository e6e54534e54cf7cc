"""Visible checks of the two brokers, compare_with_sqs.py."""

from checks.faults import EmptyPages, ReceiveSize
from checks.student_code import difference, show

MESSAGES = [f"lamp {number} on" for number in range(13)]
TEXTS = ["window öpen", "  two  spaces ", "lamp on", '{"lamp": "on"}', "lamp on", "灯"]


def two_readings(brokers, answer, call):
    """Fail unless an answer is two lists; return them."""
    brokers.must(
        isinstance(answer, list | tuple)
        and len(answer) == 2
        and all(isinstance(reading, list | tuple) for reading in answer),
        f"{call} should return two lists, first and second; you returned {show(answer)}.",
    )
    return [list(reading) for reading in answer]


def must_have_read_queue(brokers, cloud, queue, answer, messages):
    """Fail unless the first reading has each message once, and the second reading is empty."""
    first, second = two_readings(brokers, answer, "read_queue_twice()")
    brokers.must(
        sorted(map(str, first)) == sorted(messages),
        f"You sent {len(messages)} messages, {show(messages)}; the first reading has "
        f"{len(first)}: {show(first)}.",
    )
    brokers.must(second == [], f"The second reading should be empty; it is {show(second)}.")
    brokers.must(cloud.has_queue(queue), f"The queue {queue} does not exist afterwards.")
    count = cloud.handed_out(queue)
    brokers.must(
        count >= len(messages),
        f"The queue handed out {count} of {len(messages)} messages: receive them from it.",
    )


def must_have_read_log(brokers, cloud, stream, answer, messages):
    """Fail unless both readings have all messages in order, from a stream with one shard."""
    readings = two_readings(brokers, answer, "read_log_twice()")
    for which, reading in zip(("first", "second"), readings, strict=True):
        brokers.must(
            reading == messages,
            f"The {which} reading should have {len(messages)} messages; "
            f"{difference(reading, messages, 'message')}",
        )
    status = cloud.status(stream)
    brokers.must(
        status == "ACTIVE",
        f"The stream {stream} should be ACTIVE afterwards; it is {status or 'gone'}.",
    )
    count = len(cloud.shard_ids(stream))
    brokers.must(count == 1, f"The stream should have one shard; it has {count}.")
    stored = [record.data for record in cloud.records(stream)]
    expected = [message.encode() for message in messages]
    brokers.must(
        stored == expected, f"The stream should hold {show(expected)}; it holds {show(stored)}."
    )
    brokers.must(
        cloud.handed_out(stream) >= 2 * len(messages),
        f"Kinesis handed out {cloud.handed_out(stream)} records for two readings of "
        f"{len(messages)} messages: read the log a second time.",
    )


def test_b1_queue(brokers, cloud, name):
    """B1: All messages are received once, a few at a time; the second reading is empty."""
    cloud.faults.add(ReceiveSize(4, queue=name))

    answer = brokers.read_queue_twice(name, MESSAGES)

    must_have_read_queue(brokers, cloud, name, answer, MESSAGES)


def test_b2_queue_afterwards(brokers, cloud, name):
    """B2: Each message is deleted: afterwards no message is visible or in flight."""
    brokers.read_queue_twice(name, MESSAGES[:4])

    brokers.must(cloud.has_queue(name), f"The queue {name} does not exist afterwards.")
    count = cloud.handed_out(name)
    brokers.must(count >= 4, f"The queue handed out {count} of 4 messages: receive them from it.")
    visible, in_flight = cloud.left_in_queue(name)
    brokers.must(
        visible == in_flight == 0,
        f"Messages still in the queue: {visible} visible, {in_flight} in flight. Receive and "
        "delete every message.",
    )
    brokers.must(not cloud.is_purged(name), "The queue was purged: delete each message instead.")


def test_b3_log(brokers, cloud, name):
    """B3: Both readings return every message of the log, in order, past an empty page."""
    cloud.faults.add(EmptyPages("shardId-000000000000", before_record=5, pages=1, stream=name))

    answer = brokers.read_log_twice(name, MESSAGES)

    must_have_read_log(brokers, cloud, name, answer, MESSAGES)


def test_b4_no_messages(brokers, cloud, name):
    """B4: With an empty list of messages, all four readings are empty."""
    queue, log = f"{name}-queue", f"{name}-log"

    must_have_read_queue(brokers, cloud, queue, brokers.read_queue_twice(queue, []), [])
    must_have_read_log(brokers, cloud, log, brokers.read_log_twice(log, []), [])


def test_b4_any_text_queue(brokers, cloud, name):
    """B4: Equal messages and any text come out of the queue unchanged."""
    answer = brokers.read_queue_twice(name, TEXTS)

    must_have_read_queue(brokers, cloud, name, answer, TEXTS)


def test_b4_any_text_log(brokers, cloud, name):
    """B4: Equal messages and any text come back from the log unchanged, in order."""
    answer = brokers.read_log_twice(name, TEXTS)

    must_have_read_log(brokers, cloud, name, answer, TEXTS)
