"""Visible checks of the two brokers, compare_with_sqs.py."""

from student_code import show

MESSAGES = ["lamp on", "lamp off", "window open"]


def two_readings(brokers, answer):
    """Take apart what should be two lists."""
    brokers.must(
        isinstance(answer, list | tuple)
        and len(answer) == 2
        and all(isinstance(one, list | tuple) for one in answer),
        f"It should return two lists, first and second; you returned {show(answer)}.",
    )
    return [list(one) for one in answer]


def test_b1_the_queue(brokers, name):
    """B1: The first reading of the queue has each message once; the second is empty."""
    first, second = two_readings(brokers, brokers.read_queue_twice(name, MESSAGES))

    brokers.must(
        sorted(map(str, first)) == sorted(MESSAGES),
        f"Sent were {MESSAGES}; the first reading is {show(first)}.",
    )
    brokers.must(second == [], f"The second reading should be empty; it is {show(second)}.")


def test_b2_the_queue_afterwards(brokers, sqs, name):
    """B2: Nothing is left in the queue, neither waiting nor in flight."""
    brokers.read_queue_twice(name, MESSAGES)

    urls = sqs.list_queues(QueueNamePrefix=name).get("QueueUrls", [])
    brokers.must(urls, f"There is no queue {name} afterwards.")
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    left = sqs.get_queue_attributes(QueueUrl=urls[0], AttributeNames=counts)["Attributes"]
    waiting, in_flight = (left[count] for count in counts)
    brokers.must(
        (waiting, in_flight) == ("0", "0"),
        f"{waiting} messages wait and {in_flight} are in flight: received, but not deleted.",
    )


def test_b3_the_log(brokers, name):
    """B3: Both readings of the log have all messages, in order."""
    answer = two_readings(brokers, brokers.read_log_twice(name, MESSAGES))

    brokers.must(
        answer == [MESSAGES, MESSAGES],
        f"Both readings should be {MESSAGES}; you returned {show(answer)}.",
    )


def test_b4_no_messages(brokers, name):
    """B4: Without any message, all four readings are empty."""
    queue = two_readings(brokers, brokers.read_queue_twice(name, []))
    log = two_readings(brokers, brokers.read_log_twice(name, []))

    brokers.must(
        queue == log == [[], []],
        f"Nothing was sent; from the queue came {show(queue)}, from the log {show(log)}.",
    )
