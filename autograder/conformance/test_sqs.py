"""SQS, through a boto3 client alone. Source: Amazon SQS Developer Guide and API Reference."""

from typing import TYPE_CHECKING

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
