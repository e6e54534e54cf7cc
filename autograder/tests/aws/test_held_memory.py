"""What requests make the simulated AWS hold: counted, bounded over a test, and measured."""

import gc
import http.client
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import pytest
from moto.sqs.models import Message

from autograder.aws.calls import HELD_PER_TRAFFIC, CallBudget
from autograder.aws.simulated import Cloud

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

TARGETS = {"kinesis": "Kinesis_20131202", "sqs": "AmazonSQS"}
WIDE = "\N{SATELLITE}"
SLACK = 256 << 10
"""Bytes of threads, sockets and caches."""

Ask = Callable[..., dict[str, Any]]
"""Sends a request, and returns its answer."""


@pytest.fixture
def ask(cloud: Cloud, served: tuple[Cloud, str]) -> Ask:  # noqa: ARG001 - emptied first
    """Return what sends a request in UTF-8, as boto3 would not."""
    address = urlparse(served[1]).netloc

    def ask(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        connection = http.client.HTTPConnection(address)
        body = json.dumps(parameters, ensure_ascii=False).encode()
        headers = {"X-Amz-Target": f"{TARGETS[service]}.{operation}"}
        connection.request("POST", "/", body, headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    return ask


class Traced:
    """The memory that is held more than at the beginning."""

    def __init__(self) -> None:
        gc.collect()
        self._before = tracemalloc.get_traced_memory()[0]

    def held_bytes(self) -> int:
        """Return it, in bytes."""
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - self._before


@contextmanager
def traced() -> Iterator[Traced]:
    """Trace what is allocated from here on."""
    tracemalloc.start()
    try:
        yield Traced()
    finally:
        tracemalloc.stop()


def queue(ask: Ask, name: str, **attributes: str) -> str:
    """Make a queue, and return its URL."""
    url: str = ask("sqs", "CreateQueue", QueueName=name, Attributes=attributes)["QueueUrl"]
    return url


def stream(ask: Ask, name: str = "s") -> None:
    """Make a stream that is ACTIVE."""
    ask("kinesis", "CreateStream", StreamName=name, ShardCount=1)
    for _ in range(3):
        ask("kinesis", "DescribeStream", StreamName=name)


def large_messages(ask: Ask) -> None:
    """Store large messages that are wide because of one character."""
    url = queue(ask, "q")
    for _ in range(3):
        ask("sqs", "SendMessage", QueueUrl=url, MessageBody=WIDE + "x" * 1_000_000)


def small_messages(ask: Ask) -> None:
    """Store many messages of one character."""
    url = queue(ask, "q")
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(10)]
    for _ in range(50):
        ask("sqs", "SendMessageBatch", QueueUrl=url, Entries=entries)


def attributes_of_messages(ask: Ask) -> None:
    """Store messages that have many wide attributes."""
    url = queue(ask, "q")
    attribute = {"DataType": "String", "StringValue": WIDE + "x" * 1000}
    attributes = {f"a{number}": attribute for number in range(10)}
    for _ in range(50):
        ask("sqs", "SendMessage", QueueUrl=url, MessageBody="x", MessageAttributes=attributes)


def messages_received_again(ask: Ask) -> None:
    """Receive the same messages many times: each time they get a receipt handle more."""
    url = queue(ask, "q", VisibilityTimeout="0")
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(10)]
    ask("sqs", "SendMessageBatch", QueueUrl=url, Entries=entries)
    for _ in range(100):
        ask("sqs", "ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10)


def messages_deleted_again(ask: Ask) -> None:
    """Send messages to a FIFO queue and delete them: the queue still knows their ids."""
    url = queue(ask, "q.fifo", FifoQueue="true")
    for number in range(50):
        ask("sqs", "SendMessage", QueueUrl=url, MessageBody=WIDE + "x" * 10_000,
            MessageGroupId="g", MessageDeduplicationId=f"{number}")  # fmt: skip
        (message,) = ask("sqs", "ReceiveMessage", QueueUrl=url)["Messages"]
        ask("sqs", "DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def queues_with_tags(ask: Ask) -> None:
    """Make queues with long names, long policies and wide tags."""
    tags = {f"k{number}": "v" * 200 + WIDE for number in range(50)}
    policy = json.dumps({"Statement": [{"Sid": WIDE + "x" * 5000}]}, ensure_ascii=False)
    for number in range(50):
        url = queue(ask, "q" * 70 + str(number), Policy=policy)
        ask("sqs", "TagQueue", QueueUrl=url, Tags=tags)


def small_records(ask: Ask) -> None:
    """Store many records without data, with wide partition keys."""
    stream(ask)
    records = [{"Data": "", "PartitionKey": WIDE * 64}] * 500
    for _ in range(4):
        ask("kinesis", "PutRecords", StreamName="s", Records=records)


def records_read_again(ask: Ask) -> None:
    """Read the same records several times: the log keeps what was answered."""
    small_records(ask)
    for _ in range(4):
        iterator = ask(
            "kinesis", "GetShardIterator", StreamName="s", ShardId="shardId-000000000000",
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]  # fmt: skip
        ask("kinesis", "GetRecords", ShardIterator=iterator)


def refused_requests(ask: Ask) -> None:
    """Send requests that are refused, and logged."""
    for _ in range(300):
        ask("kinesis", "PutRecord", StreamName="none", Data="A" * 1000, PartitionKey=WIDE * 256)


@pytest.mark.parametrize(
    "hoard",
    [
        large_messages,
        small_messages,
        attributes_of_messages,
        messages_received_again,
        messages_deleted_again,
        queues_with_tags,
        small_records,
        records_read_again,
        refused_requests,
    ],
    ids=lambda hoard: hoard.__name__,
)
def test_no_request_holds_more_than_is_counted(
    hoard: Callable[[Ask], None], cloud: Cloud, ask: Ask
) -> None:
    """The count includes the log, moto's own objects, and what remains of deleted things."""
    hoard(ask)  # so that what is imported and cached on the way is not counted
    cloud.reset()

    with traced() as memory:
        hoard(ask)
        held = memory.held_bytes()

    assert held <= cloud.calls.held_bytes + SLACK


@pytest.mark.parametrize("body", [WIDE + "x" * 100_000, "x" * 100_000, WIDE, "x"])
def test_what_a_test_holds_is_bounded_over_all_its_calls(body: str, cloud: Cloud, ask: Ask) -> None:
    """Whether few large requests or many small ones, to one service or to both."""
    budget = CallBudget(api_calls=100, idle_reads=10, traffic_bytes=1 << 19)
    exceeded: list[str] = []
    urls = [queue(ask, f"q{number}") for number in range(3)]
    record = {"Data": "A" * (len(body) // 4 * 4), "PartitionKey": body[:256]}

    with traced() as memory:
        for call in range(60):
            cloud.gate.begin_call(budget, exceeded.append)
            for _ in range(2):
                ask("sqs", "SendMessage", QueueUrl=urls[call % 3], MessageBody=body)
                ask("kinesis", "PutRecord", StreamName="none", **record)
            cloud.gate.end_call()
        held = memory.held_bytes()

    assert held <= HELD_PER_TRAFFIC * budget.traffic_bytes + SLACK
    assert set(exceeded) == {"traffic"}


def test_a_new_test_may_hold_as_much_as_the_one_before(cloud: Cloud, ask: Ask) -> None:
    """After a reset, memory is counted from the beginning."""
    budget = CallBudget(api_calls=100, idle_reads=10, traffic_bytes=1 << 20)
    exceeded: list[str] = []

    for _ in range(3):
        cloud.reset()
        cloud.gate.begin_call(budget, exceeded.append)
        url = queue(ask, "q")
        answer = ask("sqs", "SendMessage", QueueUrl=url, MessageBody="x" * 800_000)

        assert "MessageId" in answer
    assert exceeded == []


def test_moto_keeps_nothing_that_was_deleted(cloud: Cloud, sqs: "SQSClient") -> None:
    """A list of all messages that were made would hold them, and a copy for each receive."""
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="body")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    gc.collect()

    assert cloud.sqs.depth("q").in_flight == 0
    assert [found for found in gc.get_objects() if isinstance(found, Message)] == []
