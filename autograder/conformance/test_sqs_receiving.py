"""SQS, through a boto3 client alone. Source: Amazon SQS Developer Guide and API Reference."""

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


def make_queue(sqs: "SQSClient", name: str, *bodies: str) -> str:
    """Make a queue with some messages and return its address."""
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    return url


def test_a_received_message_is_hidden_and_not_gone(sqs: "SQSClient", name: str) -> None:
    """It is in flight until it is deleted or its visibility timeout ends."""
    url = make_queue(sqs, name, "one")
    sqs.receive_message(QueueUrl=url)

    again = sqs.receive_message(QueueUrl=url)
    in_flight = sqs.get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )

    assert again.get("Messages", []) == []
    assert in_flight["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_a_deleted_message_is_gone(sqs: "SQSClient", name: str) -> None:
    """It is neither visible nor in flight."""
    url = make_queue(sqs, name, "one")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]

    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert left["ApproximateNumberOfMessages"] == "0"
    assert left["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_a_receive_returns_at_most_ten_messages(sqs: "SQSClient", name: str) -> None:
    """MaxNumberOfMessages is 1 to 10, and 1 by default."""
    url = make_queue(sqs, name, *(str(number) for number in range(12)))

    by_default = sqs.receive_message(QueueUrl=url)["Messages"]
    more = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    with pytest.raises(ClientError):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=11)

    assert len(by_default) == 1
    assert 1 <= len(more) <= 10


def test_an_invalid_handle_is_refused(sqs: "SQSClient", name: str) -> None:
    """ReceiptHandleIsInvalid."""
    url = make_queue(sqs, name, "one")

    with pytest.raises(ClientError) as caught:
        sqs.delete_message(QueueUrl=url, ReceiptHandle="garbage")

    assert caught.value.response["Error"]["Code"] == "ReceiptHandleIsInvalid"


def test_a_queue_of_the_same_name_is_the_same_queue(sqs: "SQSClient", name: str) -> None:
    """CreateQueue with the same attributes returns the existing queue."""
    url = make_queue(sqs, name, "one")

    again = sqs.create_queue(QueueName=name)["QueueUrl"]

    assert again == url
    assert len(sqs.receive_message(QueueUrl=again)["Messages"]) == 1


def arn_of(sqs: "SQSClient", url: str) -> str:
    """Return a queue's ARN."""
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def test_messages_go_to_the_dead_letter_queue(sqs: "SQSClient", name: str) -> None:
    """A message that was received maxReceiveCount times goes there instead of being received again.

    Source: Developer Guide, "Using dead-letter queues in Amazon SQS".
    """
    dead = make_queue(sqs, f"{name}-dead")
    redrive = json.dumps({"deadLetterTargetArn": arn_of(sqs, dead), "maxReceiveCount": "2"})
    url = sqs.create_queue(
        QueueName=name, Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "0"}
    )["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")

    received = [len(sqs.receive_message(QueueUrl=url).get("Messages", [])) for _ in range(3)]

    assert received == [1, 1, 0]
    assert sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "m"
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]


@pytest.mark.parametrize(
    "redrive",
    [
        "[]",
        "no JSON",
        '{"maxReceiveCount": 3}',
        '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:never-was", '
        '"maxReceiveCount": 3}',
    ],
)
def test_a_redrive_policy_must_name_a_queue(sqs: "SQSClient", name: str, redrive: str) -> None:
    """SetQueueAttributes, RedrivePolicy: deadLetterTargetArn and maxReceiveCount are required."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive})

    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert "RedrivePolicy" not in answer["Attributes"]


def test_a_queue_keeps_its_policy(sqs: "SQSClient", name: str) -> None:
    """SetQueueAttributes, Policy; setting another attribute leaves it as it is."""
    url = make_queue(sqs, name)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": "any", **statement}]}

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})

    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    assert json.loads(answer["Attributes"]["Policy"]) == policy


def test_a_boolean_attribute_may_have_a_capital_letter(sqs: "SQSClient", name: str) -> None:
    """`str(True)` of Python is accepted.

    Source: LocalStack's tests of SQS, which are validated on AWS, create FIFO queues so.
    """
    url = sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "True"})["QueueUrl"]

    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["FifoQueue"])
    assert answer["Attributes"] == {"FifoQueue": "true"}


def test_a_long_poll_receives_what_arrives_meanwhile(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage, WaitTimeSeconds: the call returns sooner if a message is available.

    Source: Developer Guide, "Amazon SQS short and long polling".
    """
    url = make_queue(sqs, name)
    bodies: list[str] = []

    def consume() -> None:
        answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        bodies.extend(message["Body"] for message in answer.get("Messages", []))

    consumer = threading.Thread(target=consume)
    consumer.start()
    sqs.send_message(QueueUrl=url, MessageBody="m")
    consumer.join()

    assert bodies == ["m"]


def test_a_long_poll_receives_a_message_when_its_delay_ends(sqs: "SQSClient", name: str) -> None:
    """SendMessage, DelaySeconds: the message is available after that time, within the poll."""
    url = make_queue(sqs, name)
    sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=1)

    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)

    assert [message["Body"] for message in answer["Messages"]] == ["m"]


@pytest.mark.parametrize("body", ["", "a\x00b", "\x1b[0m", "\ufffe"])
def test_a_body_that_xml_cannot_hold_is_refused(sqs: "SQSClient", name: str, body: str) -> None:
    """SendMessage, MessageBody: at least one character, and no control characters."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    with pytest.raises(ClientError):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": body}])

    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def test_any_other_text_is_a_body(sqs: "SQSClient", name: str) -> None:
    """SendMessage, MessageBody: the characters that are listed there."""
    body = "\t\r\n ~\x7f\ud7ff\ue000\ufffd\U00010000\U0010ffff"

    url = make_queue(sqs, name, body)

    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == body


@pytest.mark.parametrize("ids", [["a", "a"], ["a", "b c"], ["a", "x" * 81], ["a", ""]])
def test_the_entries_of_a_batch_have_distinct_ids(
    sqs: "SQSClient", name: str, ids: list[str]
) -> None:
    """DeleteMessageBatchRequestEntry, Id: up to 80 letters, digits, hyphens and underscores."""
    url = make_queue(sqs, name, "1", "2")
    handles = [
        message["ReceiptHandle"]
        for _ in ids
        for message in sqs.receive_message(QueueUrl=url)["Messages"]
    ]
    entries: Any = [
        {"Id": entry_id, "ReceiptHandle": handle}
        for entry_id, handle in zip(ids, handles, strict=True)
    ]

    with pytest.raises(ClientError):
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)

    left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert left["ApproximateNumberOfMessagesNotVisible"] == "2"


def test_times_of_a_queue_are_whole_seconds(sqs: "SQSClient", name: str) -> None:
    """GetQueueAttributes, CreatedTimestamp and LastModifiedTimestamp: epoch time in seconds."""
    url = make_queue(sqs, name)

    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    assert attributes["CreatedTimestamp"].isdecimal()
    assert attributes["LastModifiedTimestamp"].isdecimal()


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


@pytest.mark.parametrize(
    ("parameter", "value", "reason"),
    [
        ("WaitTimeSeconds", 21, "Must be >= 0 and <= 20"),
        ("MaxNumberOfMessages", 11, "Must be between 1 and 10"),
    ],
)
def test_a_wrong_receive_says_what_is_wrong(
    sqs: "SQSClient", name: str, parameter: str, value: int, reason: str
) -> None:
    """InvalidParameterValue with the value and the bounds.

    Source: LocalStack's snapshots of ReceiveMessage, recorded on AWS.
    """
    url = make_queue(sqs, name)
    wrong: Any = {parameter: value}

    with pytest.raises(ClientError) as caught:
        sqs.receive_message(QueueUrl=url, **wrong)

    message = caught.value.response["Error"]["Message"]
    assert message.startswith(f"Value {value} for parameter {parameter} is invalid. Reason: ")
    assert reason in message
