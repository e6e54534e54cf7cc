"""Messages of SQS: attributes, batches, delays and timeouts.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon SQS API Reference and Developer Guide, unless a docstring says otherwise.
"""

import hashlib
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.sqs_helpers import attributes_of, error_code, make_queue, receive

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

COLOURS: Any = {
    "colour": {"DataType": "String", "StringValue": "red"},
    "colour.of.door": {"DataType": "String.Name", "StringValue": "green"},
    "size": {"DataType": "Number", "StringValue": "12.5"},
    "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
}


def test_the_md5_of_a_body_comes_with_every_message(sqs: "SQSClient", name: str) -> None:
    """SendMessage and ReceiveMessage: MD5OfMessageBody and MD5OfBody."""
    url = make_queue(sqs, name)
    body = "größer 21°"

    sent = sqs.send_message(QueueUrl=url, MessageBody=body)
    (message,) = receive(sqs, url)

    digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    assert sent["MD5OfMessageBody"] == message["MD5OfBody"] == digest
    assert sent["MessageId"] == message["MessageId"]


def test_message_attributes_come_back_when_asked_for(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage, MessageAttributeNames: All, or `.*`."""
    url = make_queue(sqs, name)
    for _ in range(3):
        sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=COLOURS)

    (none,) = receive(sqs, url, 1)
    (everything,) = receive(sqs, url, 1, MessageAttributeNames=["All"])
    (too,) = receive(sqs, url, 1, MessageAttributeNames=[".*"])

    assert "MessageAttributes" not in none
    assert everything["MessageAttributes"] == too["MessageAttributes"] == COLOURS
    assert everything["MD5OfMessageAttributes"]


def test_message_attributes_come_back_by_the_start_of_a_name(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage, MessageAttributeNames: names, and prefixes such as `bar.*`."""
    url = make_queue(sqs, name)
    for _ in range(2):
        sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=COLOURS)

    (by_name,) = receive(sqs, url, 1, MessageAttributeNames=["size", "never-was"])
    (by_prefix,) = receive(sqs, url, 1, MessageAttributeNames=["colour.*"])

    assert set(by_name["MessageAttributes"]) == {"size"}
    assert "colour.of.door" in by_prefix["MessageAttributes"]
    assert "size" not in by_prefix["MessageAttributes"]


def test_message_attributes_come_back_for_an_asterisk(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage, MessageAttributeNames: `*` is all of them.

    Source: LocalStack's snapshots of ReceiveMessage, recorded on AWS.
    """
    url = make_queue(sqs, name)
    sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=COLOURS)

    (message,) = receive(sqs, url, MessageAttributeNames=["*"])

    assert message["MessageAttributes"] == COLOURS


@pytest.mark.parametrize(
    "attribute",
    [
        {"DataType": "Colour", "StringValue": "red"},
        {"DataType": "Number", "StringValue": "red"},
        {"DataType": "String", "StringValue": ""},
        {"DataType": "String"},
    ],
)
def test_a_message_attribute_has_a_type_and_a_value(
    sqs: "SQSClient", name: str, attribute: Any
) -> None:
    """MessageAttributeValue: String, Number or Binary, with a value that is of this type."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError) as caught:
        sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes={"a": attribute})

    assert error_code(caught) in ("InvalidParameterValue", "MissingParameter")


def test_a_message_has_ten_attributes_at_most(sqs: "SQSClient", name: str) -> None:
    """Developer Guide, "Amazon SQS message attributes": up to 10."""
    url = make_queue(sqs, name)
    attributes: Any = {
        f"a{number}": {"DataType": "String", "StringValue": "x"} for number in range(11)
    }

    with pytest.raises(ClientError):
        sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=attributes)


@pytest.mark.parametrize("member", ["AttributeNames", "MessageSystemAttributeNames"])
def test_a_message_knows_its_times_and_receives(sqs: "SQSClient", name: str, member: str) -> None:
    """ReceiveMessage, MessageSystemAttributeNames, and AttributeNames as it was before."""
    url = make_queue(sqs, name, "m", VisibilityTimeout="0")
    everything: Any = {member: ["All"]}

    first, second = (receive(sqs, url, 1, **everything)[0]["Attributes"] for _ in range(2))

    now = time.time() * 1000
    assert [first["ApproximateReceiveCount"], second["ApproximateReceiveCount"]] == ["1", "2"]
    assert first["SentTimestamp"] == second["SentTimestamp"]
    assert first["ApproximateFirstReceiveTimestamp"] == second["ApproximateFirstReceiveTimestamp"]
    assert abs(int(first["SentTimestamp"]) - now) < 3_600_000
    assert first["SenderId"]


def test_system_attributes_come_only_when_asked_for(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage, MessageSystemAttributeNames: by name."""
    url = make_queue(sqs, name, "1", "2")

    (bare,) = receive(sqs, url, 1)
    (stamped,) = receive(sqs, url, 1, MessageSystemAttributeNames=["SentTimestamp"])

    assert "Attributes" not in bare
    assert set(stamped["Attributes"]) == {"SentTimestamp"}


def test_an_unknown_system_attribute_is_refused(sqs: "SQSClient", name: str) -> None:
    """ReceiveMessage, MessageSystemAttributeNames: one of a set."""
    url = make_queue(sqs, name, "m")
    unknown: Any = "Colour"

    with pytest.raises(ClientError) as caught:
        receive(sqs, url, MessageSystemAttributeNames=[unknown])

    assert error_code(caught) in ("InvalidAttributeName", "InvalidParameterValue")
    assert len(receive(sqs, url)) == 1


def test_a_batch_is_sent_and_each_entry_answered(sqs: "SQSClient", name: str) -> None:
    """SendMessageBatch, Successful: an id, an MD5 and a message id for each entry."""
    url = make_queue(sqs, name)

    answer = sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": str(i), "MessageBody": f"m{i}"} for i in range(10)]
    )

    assert [entry["Id"] for entry in answer["Successful"]] == [str(i) for i in range(10)]
    assert len({entry["MessageId"] for entry in answer["Successful"]}) == 10
    assert answer.get("Failed", []) == []
    assert attributes_of(sqs, url)["ApproximateNumberOfMessages"] == "10"


def test_a_batch_has_at_most_ten_entries(sqs: "SQSClient", name: str) -> None:
    """SendMessageBatch, TooManyEntriesInBatchRequest and EmptyBatchRequest."""
    url = make_queue(sqs, name)

    with pytest.raises(sqs.exceptions.TooManyEntriesInBatchRequest):
        sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": str(i), "MessageBody": "m"} for i in range(11)]
        )
    with pytest.raises(sqs.exceptions.EmptyBatchRequest):
        sqs.send_message_batch(QueueUrl=url, Entries=[])

    assert receive(sqs, url) == []


def test_a_batch_deletes_what_it_can(sqs: "SQSClient", name: str) -> None:
    """DeleteMessageBatch: the result of each entry is reported individually."""
    url = make_queue(sqs, name, "m")
    handle = receive(sqs, url)[0]["ReceiptHandle"]

    answer = sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "right", "ReceiptHandle": handle},
            {"Id": "wrong", "ReceiptHandle": "garbage"},
        ],
    )

    assert [entry["Id"] for entry in answer["Successful"]] == ["right"]
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == (
        "wrong",
        "ReceiptHandleIsInvalid",
        True,
    )


def test_a_batch_may_name_a_handle_twice(sqs: "SQSClient", name: str) -> None:
    """DeleteMessageBatch: entries have distinct ids, not distinct handles."""
    url = make_queue(sqs, name, "m")
    handle = receive(sqs, url)[0]["ReceiptHandle"]

    answer = sqs.delete_message_batch(
        QueueUrl=url, Entries=[{"Id": entry, "ReceiptHandle": handle} for entry in "ab"]
    )

    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "b"]
    assert answer.get("Failed", []) == []


def test_a_body_has_at_most_1_mib(sqs: "SQSClient", name: str) -> None:
    """SendMessage, MessageBody: 1,048,576 bytes."""
    url = make_queue(sqs, name)
    largest = "é" * (1 << 19)

    sqs.send_message(QueueUrl=url, MessageBody=largest)
    with pytest.raises(ClientError) as caught:
        sqs.send_message(QueueUrl=url, MessageBody=largest + "x")

    assert error_code(caught) == "InvalidParameterValue"
    assert receive(sqs, url)[0]["Body"] == largest


def test_the_bodies_of_a_batch_have_1_mib_together(sqs: "SQSClient", name: str) -> None:
    """SendMessageBatch, BatchRequestTooLong."""
    url = make_queue(sqs, name)
    half = "x" * (1 << 19)

    with pytest.raises(ClientError) as caught:
        sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": entry, "MessageBody": half} for entry in "abc"]
        )

    assert error_code(caught) == "AWS.SimpleQueueService.BatchRequestTooLong"


def test_a_smaller_limit_of_the_queue_holds(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, MaximumMessageSize."""
    url = make_queue(sqs, name, MaximumMessageSize="1024")

    sqs.send_message(QueueUrl=url, MessageBody="x" * 1024)
    with pytest.raises(ClientError) as caught:
        sqs.send_message(QueueUrl=url, MessageBody="x" * 1025)

    assert error_code(caught) == "InvalidParameterValue"


def test_a_delayed_message_is_counted_and_hidden(sqs: "SQSClient", name: str) -> None:
    """SendMessage, DelaySeconds; ApproximateNumberOfMessagesDelayed."""
    url = make_queue(sqs, name)

    sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=900)

    assert receive(sqs, url) == []
    left = attributes_of(sqs, url)
    assert left["ApproximateNumberOfMessagesDelayed"] == "1"
    assert left["ApproximateNumberOfMessages"] == "0"


def test_a_queue_delays_its_messages(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, DelaySeconds; a message's own DelaySeconds comes first, also 0."""
    url = make_queue(sqs, name, "later", DelaySeconds="900")

    sqs.send_message(QueueUrl=url, MessageBody="now", DelaySeconds=0)

    assert [message["Body"] for message in receive(sqs, url)] == ["now"]


@pytest.mark.parametrize("delay", [901, -1])
def test_a_delay_has_bounds(sqs: "SQSClient", name: str, delay: int) -> None:
    """SendMessage, DelaySeconds: 0 to 900."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError) as caught:
        sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=delay)

    assert error_code(caught) == "InvalidParameterValue"


@pytest.mark.parametrize("body", ["", "a\x00b", "\x1b[0m", "\ufffe"])
def test_a_body_that_xml_cannot_hold_is_refused(sqs: "SQSClient", name: str, body: str) -> None:
    """SendMessage, MessageBody: at least one character, and no control characters."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError):
        sqs.send_message(QueueUrl=url, MessageBody=body)

    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def test_a_batch_sends_what_it_can(sqs: "SQSClient", name: str) -> None:
    """SendMessageBatch: an entry whose body is not valid or too long fails alone.

    Source: LocalStack's tests and snapshots of SendMessageBatch, validated and recorded on AWS.
    """
    url = make_queue(sqs, name, MaximumMessageSize="1024")
    bodies = {"right": "m", "invalid": "\x01", "long": "x" * 1025}

    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[{"Id": entry_id, "MessageBody": body} for entry_id, body in bodies.items()],
    )

    assert [entry["Id"] for entry in answer["Successful"]] == ["right"]
    assert {entry["Id"]: (entry["Code"], entry["SenderFault"]) for entry in answer["Failed"]} == {
        "invalid": ("InvalidMessageContents", True),
        "long": ("InvalidParameterValue", True),
    }
    assert [message["Body"] for message in receive(sqs, url)] == ["m"]


def test_a_batch_may_fail_whole(sqs: "SQSClient", name: str) -> None:
    """SendMessageBatch succeeds even if each of its entries fails.

    Source: SQS API Reference, SendMessageBatch: "you should check for batch errors even when the
    call returns an HTTP status code of 200".
    """
    url = make_queue(sqs, name)

    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[{"Id": "1", "MessageBody": "\x00"}, {"Id": "2", "MessageBody": "\x1b[0m"}],
    )

    assert [entry["Id"] for entry in answer["Failed"]] == ["1", "2"]
    assert not answer.get("Successful")
    assert receive(sqs, url) == []


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
