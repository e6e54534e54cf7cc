"""FIFO queues of SQS: order, groups and duplicates.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon SQS API Reference and Developer Guide, "Amazon SQS FIFO queues".
"""

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.sqs_helpers import attributes_of, error_code, make_queue, receive

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


@pytest.fixture
def fifo(sqs: "SQSClient", name: str) -> str:
    """Make a FIFO queue; return its address."""
    return make_queue(sqs, f"{name}.fifo", FifoQueue="true")


def send(sqs: "SQSClient", url: str, body: str, group: str = "g") -> None:
    """Send a message whose body is its deduplication id."""
    sqs.send_message(
        QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=body
    )


def bodies(messages: list[dict[str, str]]) -> list[str]:
    """Return the texts of messages."""
    return [message["Body"] for message in messages]


def test_a_fifo_queue_keeps_the_order(sqs: "SQSClient", fifo: str) -> None:
    """The messages of a group come in the order in which they were sent."""
    for number in range(12):
        send(sqs, fifo, str(number))

    found = bodies(receive(sqs, fifo, 10))

    assert found == [str(number) for number in range(10)]


def test_a_group_waits_for_its_messages_in_flight(sqs: "SQSClient", fifo: str) -> None:
    """No message of a group is returned while others of it are in flight."""
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        send(sqs, fifo, body, group)

    first = receive(sqs, fifo, 1)
    second = bodies(receive(sqs, fifo, 10))
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=first[0]["ReceiptHandle"])
    third = bodies(receive(sqs, fifo, 10))

    assert (bodies(first), second, third) == (["a1"], ["b1"], ["a2"])


def test_a_duplicate_is_accepted_and_not_delivered(sqs: "SQSClient", fifo: str) -> None:
    """SendMessage, MessageDeduplicationId: within five minutes; also after a deletion."""
    send(sqs, fifo, "m")
    send(sqs, fifo, "m")
    (message,) = receive(sqs, fifo)
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=message["ReceiptHandle"])
    send(sqs, fifo, "m")

    assert receive(sqs, fifo) == []


def test_equal_bodies_are_duplicates_by_content(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, ContentBasedDeduplication: by the body, unless the message has an id."""
    url = make_queue(sqs, f"{name}.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    for body in ("m", "m", "n"):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
    sqs.send_message(
        QueueUrl=url, MessageBody="m", MessageGroupId="g", MessageDeduplicationId="other"
    )

    assert bodies(receive(sqs, url)) == ["m", "n", "m"]


def test_a_fifo_message_needs_a_group(sqs: "SQSClient", fifo: str) -> None:
    """SendMessage, MessageGroupId: without it the action fails."""
    with pytest.raises(ClientError) as caught:
        sqs.send_message(QueueUrl=fifo, MessageBody="m", MessageDeduplicationId="1")

    assert error_code(caught) == "MissingParameter"


def test_a_fifo_message_needs_an_id(sqs: "SQSClient", fifo: str) -> None:
    """SendMessage, MessageDeduplicationId: needed without ContentBasedDeduplication."""
    with pytest.raises(ClientError) as caught:
        sqs.send_message(QueueUrl=fifo, MessageBody="m", MessageGroupId="g")

    assert error_code(caught) == "InvalidParameterValue"


def test_a_fifo_message_sets_no_delay(sqs: "SQSClient", fifo: str) -> None:
    """SendMessage, DelaySeconds: "you can't set DelaySeconds per message"."""
    with pytest.raises(ClientError) as caught:
        sqs.send_message(
            QueueUrl=fifo,
            MessageBody="m",
            MessageGroupId="g",
            MessageDeduplicationId="1",
            DelaySeconds=5,
        )

    assert error_code(caught) == "InvalidParameterValue"


def test_a_fifo_message_knows_its_group_and_number(sqs: "SQSClient", fifo: str) -> None:
    """ReceiveMessage: MessageGroupId, MessageDeduplicationId and SequenceNumber."""
    send(sqs, fifo, "m", "group")

    (message,) = receive(sqs, fifo, MessageSystemAttributeNames=["All"])

    attributes = message["Attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == ("group", "m")
    assert attributes["SequenceNumber"].isdecimal()


def test_a_fifo_queue_has_its_attributes(sqs: "SQSClient", fifo: str) -> None:
    """GetQueueAttributes: FifoQueue and ContentBasedDeduplication."""
    attributes = attributes_of(sqs, fifo)

    assert (attributes["FifoQueue"], attributes["ContentBasedDeduplication"]) == ("true", "false")


def test_a_standard_name_makes_no_fifo_queue(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, QueueName: the name of a FIFO queue ends in `.fifo`."""
    with pytest.raises(ClientError) as caught:
        make_queue(sqs, name, FifoQueue="true")

    assert error_code(caught) == "InvalidParameterValue"


def test_a_batch_keeps_its_order_in_a_fifo_queue(sqs: "SQSClient", fifo: str) -> None:
    """SendMessageBatch: messages are enqueued in the order in which they are sent."""
    sqs.send_message_batch(
        QueueUrl=fifo,
        Entries=[
            {"Id": body, "MessageBody": body, "MessageGroupId": "g", "MessageDeduplicationId": body}
            for body in "edcba"
        ],
    )

    assert bodies(receive(sqs, fifo)) == list("edcba")


def test_a_fifo_name_needs_the_attribute(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, QueueName: only the name of a FIFO queue ends in `.fifo`.

    Source: LocalStack's tests of SQS, which are validated on AWS.
    """
    with pytest.raises(ClientError) as caught:
        sqs.create_queue(QueueName=f"{name}.fifo")

    assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"


def test_a_fifo_queue_numbers_its_messages(sqs: "SQSClient", name: str) -> None:
    """SendMessage, SequenceNumber: it increases within a message group."""
    attributes: Any = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName=f"{name}.fifo", Attributes=attributes)["QueueUrl"]

    numbers = [
        int(sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")["SequenceNumber"])
        for body in "abcde"
    ]

    assert numbers == sorted(set(numbers))


def test_a_fifo_group_comes_back_in_order(sqs: "SQSClient", name: str) -> None:
    """After their visibility timeout, the messages of a group are received in order again.

    Source: Developer Guide, "FIFO queue delivery logic".
    """
    url = sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    for body in "abc":
        sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId="g", MessageDeduplicationId=body
        )

    first = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3, VisibilityTimeout=1)
    again = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3, WaitTimeSeconds=5)

    assert [message["Body"] for message in first["Messages"]] == ["a", "b", "c"]
    assert [message["Body"] for message in again["Messages"]] == ["a", "b", "c"]


def test_the_duplicates_of_a_batch_keep_their_ids(sqs: "SQSClient", fifo: str) -> None:
    """SendMessageBatchResultEntry: the Id is that of the entry, and the MD5 that of its body."""
    bodies_by_id = {"p": "same", "q": "other", "r": "another"}
    sent = sqs.send_message_batch(
        QueueUrl=fifo,
        Entries=[
            {
                "Id": entry_id,
                "MessageBody": body,
                "MessageGroupId": "g",
                "MessageDeduplicationId": "2" if entry_id == "q" else "1",
            }
            for entry_id, body in bodies_by_id.items()
        ],
    )["Successful"]

    sums = {entry["Id"]: entry["MD5OfMessageBody"] for entry in sent}
    assert sums == {
        entry_id: hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        for entry_id, body in bodies_by_id.items()
    }
    assert sent[0]["MessageId"] == sent[2]["MessageId"] != sent[1]["MessageId"]
    assert bodies(receive(sqs, fifo)) == ["same", "other"]


def test_duplicates_may_be_those_of_a_group(sqs: "SQSClient", name: str) -> None:
    """SetQueueAttributes, DeduplicationScope: `messageGroup` instead of `queue`."""
    url = make_queue(sqs, f"{name}.fifo", FifoQueue="true", DeduplicationScope="messageGroup")
    for body, group in (("1", "a"), ("2", "b"), ("3", "a")):
        sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId="id"
        )

    assert bodies(receive(sqs, url)) == ["1", "2"]


def test_a_throughput_for_each_group_needs_its_scope(sqs: "SQSClient", name: str) -> None:
    """SetQueueAttributes, FifoThroughputLimit: perMessageGroupId only with `messageGroup`."""
    url = make_queue(sqs, f"{name}.fifo", FifoQueue="true")
    limit: Any = {"FifoThroughputLimit": "perMessageGroupId"}

    with pytest.raises(ClientError) as caught:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=limit)
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"DeduplicationScope": "messageGroup", **limit}
    )

    assert error_code(caught) == "InvalidAttributeValue"
    assert attributes_of(sqs, url)["FifoThroughputLimit"] == "perMessageGroupId"


def test_a_fifo_message_is_not_deleted_after_its_timeout(sqs: "SQSClient", fifo: str) -> None:
    """ReceiveMessage: then "the action fails with an error"; the next receive has a new handle."""
    send(sqs, fifo, "m")
    (first,) = receive(sqs, fifo, VisibilityTimeout=1)
    (second,) = receive(sqs, fifo, WaitTimeSeconds=5)
    old: Any = {"QueueUrl": fifo, "ReceiptHandle": first["ReceiptHandle"]}

    with pytest.raises(ClientError) as caught:
        sqs.delete_message(**old)
    batch = sqs.delete_message_batch(
        QueueUrl=fifo,
        Entries=[
            {"Id": entry_id, "ReceiptHandle": message["ReceiptHandle"]}
            for entry_id, message in (("old", first), ("new", second))
        ],
    )

    error = caught.value.response["Error"]
    assert error["Code"] == "InvalidParameterValue"
    assert "The receipt handle has expired" in error["Message"]
    assert [(entry["Id"], entry["Code"]) for entry in batch["Failed"]] == [
        ("old", "InvalidParameterValue")
    ]
    assert [entry["Id"] for entry in batch["Successful"]] == ["new"]


def test_a_queue_stays_of_its_kind(sqs: "SQSClient", fifo: str) -> None:
    """SetQueueAttributes, FifoQueue: it cannot be changed."""
    sqs.set_queue_attributes(QueueUrl=fifo, Attributes={"FifoQueue": "true"})

    with pytest.raises(ClientError) as caught:
        sqs.set_queue_attributes(QueueUrl=fifo, Attributes={"FifoQueue": "false"})

    assert error_code(caught) == "InvalidAttributeValue"
