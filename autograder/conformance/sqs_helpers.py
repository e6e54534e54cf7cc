"""Helpers that the conformance tests of SQS share."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


def make_queue(sqs: "SQSClient", name: str, *bodies: str, **attributes: str) -> str:
    """Make a queue with some messages and return its address."""
    given: Any = attributes
    url = sqs.create_queue(QueueName=name, Attributes=given)["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    return url


def attributes_of(sqs: "SQSClient", url: str) -> dict[str, str]:
    """Return all attributes of a queue."""
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(key): value for key, value in answer["Attributes"].items()}


def receive(sqs: "SQSClient", url: str, count: int = 10, **options: Any) -> list[Any]:
    """Receive messages once; none if there are none."""
    options.setdefault("MaxNumberOfMessages", count)
    return list(sqs.receive_message(QueueUrl=url, **options).get("Messages", []))


def error_code(error: pytest.ExceptionInfo[ClientError]) -> str:
    """Name AWS's error."""
    return error.value.response["Error"]["Code"]
