"""SQS by its query protocol: forms, and answers in XML.

Clients from before SQS's JSON protocol, of 2023, speak it, and requests that are written by hand.
Source: Amazon SQS Developer Guide, "Making Query API requests using AWS query protocol".
"""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from autograder.conformance.sqs_helpers import error_code, make_queue, receive

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

Ask = Callable[..., ET.Element]
"""Sends the fields of a form, to the path `/` unless another is given; returns the answer."""


@pytest.fixture
def ask(sqs: "SQSClient", endpoint: str) -> Ask:  # noqa: ARG001 - skips
    """Return what sends a form to SQS; elements of the answer are without their namespace."""

    def send(path: str = "/", **fields: object) -> ET.Element:
        form = urllib.parse.urlencode({"Version": "2012-11-05", **fields}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        request = AWSRequest("POST", f"{endpoint}{path}", headers, form)
        SigV4Auth(Credentials("testing", "testing"), "sqs", "us-east-1").add_auth(request)
        signed = urllib.request.Request(f"{endpoint}{path}", form, dict(request.headers))
        try:
            with urllib.request.urlopen(signed) as answer:
                raw = answer.read()
        except urllib.error.HTTPError as error:
            raw = error.read()
        found = ET.fromstring(raw)
        for element in found.iter():
            element.tag = element.tag.rpartition("}")[2]
        return found

    return send


def text_at(answer: ET.Element, path: str) -> str:
    """Return the text of an element that must be there."""
    text = answer.findtext(path)
    assert text is not None, ET.tostring(answer)
    return text


def test_a_queue_is_used_by_forms(ask: Ask, name: str) -> None:
    """Create, find, send, receive and delete; a body may be any text that XML can hold."""
    body = '<a href="x">& é 😀\t\n ]]></a>'

    created = ask(Action="CreateQueue", QueueName=name)
    url = text_at(created, "CreateQueueResult/QueueUrl")
    found = text_at(ask(Action="GetQueueUrl", QueueName=name), "GetQueueUrlResult/QueueUrl")
    sent = ask(Action="SendMessage", QueueUrl=url, MessageBody=body)
    received = ask(Action="ReceiveMessage", QueueUrl=url, WaitTimeSeconds=1)
    handle = text_at(received, "ReceiveMessageResult/Message/ReceiptHandle")
    deleted = ask(Action="DeleteMessage", QueueUrl=url, ReceiptHandle=handle)
    again = ask(Action="ReceiveMessage", QueueUrl=url)

    assert found == url
    assert text_at(received, "ReceiveMessageResult/Message/Body") == body
    assert text_at(received, "ReceiveMessageResult/Message/MessageId") == text_at(
        sent, "SendMessageResult/MessageId"
    )
    assert deleted.tag == "DeleteMessageResponse"
    assert again.find("ReceiveMessageResult/Message") is None


def test_a_form_goes_to_the_address_of_its_queue(ask: Ask, sqs: "SQSClient", name: str) -> None:
    """Old clients send it there, and some without the field QueueUrl."""
    url = make_queue(sqs, name)
    path = urllib.parse.urlsplit(url).path

    ask(path, Action="SendMessage", MessageBody="m")

    assert [message["Body"] for message in receive(sqs, url)] == ["m"]


def test_a_form_has_attributes_and_entries_by_number(ask: Ask, name: str) -> None:
    """`Attribute.1.Name`, and `SendMessageBatchRequestEntry.1.Id`."""
    attribute = {"Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "7"}
    created = ask(Action="CreateQueue", QueueName=name, **attribute)
    url = text_at(created, "CreateQueueResult/QueueUrl")
    word = "SendMessageBatchRequestEntry.2.MessageAttribute.1"
    entries = {
        "SendMessageBatchRequestEntry.1.Id": "a",
        "SendMessageBatchRequestEntry.1.MessageBody": "1",
        "SendMessageBatchRequestEntry.2.Id": "b",
        "SendMessageBatchRequestEntry.2.MessageBody": "2",
        f"{word}.Name": "color",
        f"{word}.Value.DataType": "Binary",
        f"{word}.Value.BinaryValue": "AAE=",
    }

    sent = ask(Action="SendMessageBatch", QueueUrl=url, **entries)
    shown = ask(Action="GetQueueAttributes", QueueUrl=url, **{"AttributeName.1": "All"})
    wanted = {"MaxNumberOfMessages": 10, "MessageAttributeName.1": "All"}
    received = ask(Action="ReceiveMessage", QueueUrl=url, **wanted)

    ids = [entry.findtext("Id") for entry in sent.iter("SendMessageBatchResultEntry")]
    attributes = {
        element.findtext("Name"): element.findtext("Value") for element in shown.iter("Attribute")
    }
    assert ids == ["a", "b"]
    assert attributes["VisibilityTimeout"] == "7"
    assert [message.findtext("Body") for message in received.iter("Message")] == ["1", "2"]
    assert text_at(received, ".//MessageAttribute/Value/BinaryValue") == "AAE="


def test_an_error_is_xml_too(ask: Ask, name: str) -> None:
    """It has the code that SQS had before its JSON protocol."""
    missing = ask(Action="GetQueueUrl", QueueName=name)
    unknown = ask(Action="NoSuchAction")

    assert (missing.tag, unknown.tag) == ("ErrorResponse", "ErrorResponse")
    assert text_at(missing, "Error/Code") == "AWS.SimpleQueueService.NonExistentQueue"
    assert text_at(missing, "Error/Type") == "Sender"
    assert text_at(unknown, "Error/Code") == "InvalidAction"


def test_both_protocols_have_the_same_queues(ask: Ask, sqs: "SQSClient", name: str) -> None:
    """What one client sends, another receives."""
    url = text_at(ask(Action="CreateQueue", QueueName=name), "CreateQueueResult/QueueUrl")

    sqs.send_message(QueueUrl=url, MessageBody="m")

    assert text_at(ask(Action="ReceiveMessage", QueueUrl=url), ".//Message/Body") == "m"


@pytest.mark.parametrize("seconds", [-1, 43_201])
def test_a_visibility_timeout_of_a_request_has_bounds(
    sqs: "SQSClient", name: str, seconds: int
) -> None:
    """ReceiveMessage and ChangeMessageVisibility, VisibilityTimeout: 0 to 43,200 seconds."""
    url = make_queue(sqs, name, "m")
    (message,) = receive(sqs, url)

    with pytest.raises(ClientError) as receiving:
        receive(sqs, url, VisibilityTimeout=seconds)
    with pytest.raises(ClientError) as changing:
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    assert error_code(receiving) == error_code(changing) == "InvalidParameterValue"


def test_a_visibility_timeout_out_of_bounds_fails_alone_in_a_batch(
    sqs: "SQSClient", name: str
) -> None:
    """ChangeMessageVisibilityBatch reports the result of each entry."""
    url = make_queue(sqs, name, "m", "n")
    messages = receive(sqs, url)

    answer = sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[
            {"Id": body, "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": seconds}
            for body, message, seconds in zip("mn", messages, (-1, 9), strict=True)
        ],
    )

    assert [entry["Id"] for entry in answer["Successful"]] == ["n"]
    assert [entry["Id"] for entry in answer["Failed"]] == ["m"]


@pytest.mark.parametrize("attribute", ["AWS.a", "amazon.a", ".a", "a.", "a..b", "a b", "a" * 257])
def test_the_name_of_a_message_attribute_has_rules(
    sqs: "SQSClient", name: str, attribute: str
) -> None:
    """Developer Guide, message attributes: letters, digits, `_`, `-`, `.`; no prefix of AWS."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError) as caught:
        sqs.send_message(
            QueueUrl=url,
            MessageBody="m",
            MessageAttributes={attribute: {"DataType": "String", "StringValue": "x"}},
        )

    assert error_code(caught) == "InvalidParameterValue"
