"""Receiving from SQS: long polls, handles, visibility timeouts, dead-letter queues.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon SQS API Reference and Developer Guide, unless a docstring says otherwise.
"""

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.sqs_helpers import attributes_of, error_code, make_queue, receive

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


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


def test_an_invalid_handle_is_named(sqs: "SQSClient", name: str) -> None:
    """DeleteMessage, ReceiptHandleIsInvalid: the message quotes the handle.

    Source: LocalStack's tests of DeleteMessage, which are validated on AWS.
    """
    url = make_queue(sqs, name)

    with pytest.raises(ClientError) as caught:
        sqs.delete_message(QueueUrl=url, ReceiptHandle="garbage")

    assert caught.value.response["Error"]["Message"] == (
        'The input receipt handle "garbage" is not a valid receipt handle.'
    )


def test_messages_go_to_the_dead_letter_queue(sqs: "SQSClient", name: str) -> None:
    """A message that was received maxReceiveCount times goes there instead of being received again.

    Source: Developer Guide, "Using dead-letter queues in Amazon SQS".
    """
    dead = make_queue(sqs, f"{name}-dead")
    redrive = json.dumps(
        {"deadLetterTargetArn": attributes_of(sqs, dead)["QueueArn"], "maxReceiveCount": "2"}
    )
    url = sqs.create_queue(
        QueueName=name, Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "0"}
    )["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")

    received = [len(sqs.receive_message(QueueUrl=url).get("Messages", [])) for _ in range(3)]

    assert received == [1, 1, 0]
    assert sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "m"
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]


def test_a_dead_letter_names_its_source(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage, MessageSystemAttributeNames, DeadLetterQueueSourceArn: where it was before.

    Source: LocalStack's snapshots of dead-letter queues, recorded on AWS.
    """
    dead = make_queue(sqs, f"{name}-dead", "another", VisibilityTimeout="0")
    redrive = json.dumps(
        {"deadLetterTargetArn": attributes_of(sqs, dead)["QueueArn"], "maxReceiveCount": 1}
    )
    url = make_queue(sqs, name, "m", RedrivePolicy=redrive, VisibilityTimeout="0")
    receive(sqs, url)
    receive(sqs, url)

    by_all = receive(sqs, dead, MessageSystemAttributeNames=["All"])
    by_name = receive(sqs, dead, AttributeNames=["DeadLetterQueueSourceArn"])

    source = {"another": None, "m": attributes_of(sqs, url)["QueueArn"]}
    for messages in (by_all, by_name):
        assert {
            message["Body"]: message.get("Attributes", {}).get("DeadLetterQueueSourceArn")
            for message in messages
        } == source


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


def test_an_empty_queue_returns_no_messages(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage: "the call does not return a message list"."""
    url = make_queue(sqs, name)

    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def test_each_receive_has_its_own_handle(sqs: "SQSClient", name: str) -> None:
    """Developer Guide, "Queue and message identifiers": a new receipt handle each time."""
    url = make_queue(sqs, name, "m", VisibilityTimeout="0")

    handles = {receive(sqs, url)[0]["ReceiptHandle"] for _ in range(3)}

    assert len(handles) == 3


def test_a_message_may_be_deleted_twice(sqs: "SQSClient", name: str) -> None:
    """DeleteMessage succeeds for a message that is gone."""
    url = make_queue(sqs, name, "m")
    handle = receive(sqs, url)[0]["ReceiptHandle"]

    for _ in range(2):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

    assert receive(sqs, url) == []


def test_the_visibility_timeout_of_a_receive_comes_first(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage, VisibilityTimeout: instead of the queue's, also 0."""
    url = make_queue(sqs, name, "m", VisibilityTimeout="600")

    first = receive(sqs, url, VisibilityTimeout=0)
    second = receive(sqs, url)
    third = receive(sqs, url)

    assert [len(messages) for messages in (first, second, third)] == [1, 1, 0]


def test_a_message_is_given_back_immediately(sqs: "SQSClient", name: str) -> None:
    """ChangeMessageVisibility to 0 makes a message visible immediately."""
    url = make_queue(sqs, name, "m")
    handle = receive(sqs, url)[0]["ReceiptHandle"]

    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)

    assert len(receive(sqs, url)) == 1


def test_a_visibility_timeout_has_bounds(sqs: "SQSClient", name: str) -> None:
    """ChangeMessageVisibility, VisibilityTimeout: 0 to 43200 seconds."""
    url = make_queue(sqs, name, "m")
    handle = receive(sqs, url)[0]["ReceiptHandle"]

    with pytest.raises(ClientError) as caught:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=43201)

    assert error_code(caught) == "InvalidParameterValue"


def test_a_visibility_timeout_changes_only_in_flight(sqs: "SQSClient", name: str) -> None:
    """ChangeMessageVisibility, MessageNotInflight: the message is visible again."""
    url = make_queue(sqs, name, "m")
    handle = receive(sqs, url)[0]["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)

    with pytest.raises(ClientError) as caught:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=5)

    assert error_code(caught) in (
        "MessageNotInflight",
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
    )


def test_a_visibility_timeout_that_has_ended_may_change(sqs: "SQSClient", name: str) -> None:
    """ChangeMessageVisibility succeeds after the timeout, as long as nobody deletes the message.

    Source: LocalStack's snapshots of ChangeMessageVisibility, recorded on AWS.
    """
    url, empty = make_queue(sqs, name, "m"), make_queue(sqs, f"{name}-empty")
    handle = receive(sqs, url, VisibilityTimeout=1)[0]["ReceiptHandle"]
    receive(sqs, empty, WaitTimeSeconds=2)

    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=2)

    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)


def test_a_deleted_message_has_no_visibility_timeout(sqs: "SQSClient", name: str) -> None:
    """ChangeMessageVisibility: InvalidParameterValue, which is not the error for a garbled handle.

    Source: LocalStack's tests of ChangeMessageVisibility, which are validated on AWS.
    """
    url = make_queue(sqs, name, "m")
    handle = receive(sqs, url)[0]["ReceiptHandle"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

    with pytest.raises(ClientError) as caught:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=5)

    assert error_code(caught) == "InvalidParameterValue"
    assert caught.value.response["Error"]["Message"] == (
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or "
        "is not available for visibility timeout change."
    )


def test_visibility_timeouts_change_in_batches(sqs: "SQSClient", name: str) -> None:
    """ChangeMessageVisibilityBatch: the result of each entry is reported individually."""
    url = make_queue(sqs, name, "m")
    handle = receive(sqs, url)[0]["ReceiptHandle"]

    answer = sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "right", "ReceiptHandle": handle, "VisibilityTimeout": 0},
            {"Id": "wrong", "ReceiptHandle": "garbage", "VisibilityTimeout": 0},
        ],
    )

    assert [entry["Id"] for entry in answer["Successful"]] == ["right"]
    assert [entry["Id"] for entry in answer["Failed"]] == ["wrong"]
    assert len(receive(sqs, url)) == 1


def test_an_old_handle_deletes_a_message_that_came_back(sqs: "SQSClient", name: str) -> None:
    """DeleteMessage of a standard queue takes the handle of an earlier receive.

    Source: LocalStack's tests of SQS, which are validated on AWS.
    """
    url = make_queue(sqs, name, "m", VisibilityTimeout="0")
    old = receive(sqs, url)[0]["ReceiptHandle"]
    receive(sqs, url)

    sqs.delete_message(QueueUrl=url, ReceiptHandle=old)

    assert receive(sqs, url) == []
