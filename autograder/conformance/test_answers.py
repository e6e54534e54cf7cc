"""What each answer of AWS carries, whatever was asked.

Source: AWS's "Common Response Headers", and boto3's guide "Error handling", which reads
`response["ResponseMetadata"]["RequestId"]` of answers and errors.
"""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient


def expect_id_and_date(metadata: Any) -> str:
    """Check what every answer has; return its request id."""
    date = parsedate_to_datetime(metadata["HTTPHeaders"]["date"])
    assert date.utcoffset() is not None
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    return str(metadata["RequestId"])


def test_every_kinesis_answer_has_a_request_id_and_a_date(kinesis: "KinesisClient") -> None:
    """Each request has its own id."""
    ids = {expect_id_and_date(kinesis.list_streams()["ResponseMetadata"]) for _ in range(2)}

    assert len(ids) == 2


def test_every_kinesis_error_has_a_request_id_and_a_date(kinesis: "KinesisClient") -> None:
    """`ClientError.response` has the same metadata as an answer."""
    with pytest.raises(ClientError) as caught:
        kinesis.describe_stream(StreamName="never-was")

    assert expect_id_and_date(caught.value.response["ResponseMetadata"])


def test_every_sqs_answer_has_a_request_id_and_a_date(sqs: "SQSClient") -> None:
    """Each request has its own id."""
    ids = {expect_id_and_date(sqs.list_queues()["ResponseMetadata"]) for _ in range(2)}

    assert len(ids) == 2


def test_every_sqs_error_has_a_request_id_and_a_date(sqs: "SQSClient") -> None:
    """`ClientError.response` has the same metadata as an answer."""
    with pytest.raises(ClientError) as caught:
        sqs.get_queue_url(QueueName="never-was")

    assert expect_id_and_date(caught.value.response["ResponseMetadata"])


def test_an_sqs_error_has_its_name_in_both_protocols(sqs: "SQSClient", name: str) -> None:
    """`Code` is the name of the query protocol, `QueryErrorCode` that of the JSON protocol.

    Source: LocalStack's snapshots of SQS, recorded on AWS.
    """
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    empty: Any = {"a": {"DataType": "String", "StringValue": ""}}
    requests: list[Callable[[], object]] = [
        lambda: sqs.send_message(QueueUrl=url, MessageBody=""),
        lambda: sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=empty),
        lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=11),
        lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "901"}),
    ]

    names = []
    for ask in requests:
        with pytest.raises(ClientError) as caught:
            ask()
        error: Any = caught.value.response["Error"]
        names.append((error["Code"], error.get("QueryErrorCode"), error.get("Type")))

    assert names == [
        ("MissingParameter", "MissingRequiredParameterException", "Sender"),
        ("InvalidParameterValue", "InvalidParameterValueException", "Sender"),
        ("InvalidParameterValue", "InvalidParameterValueException", "Sender"),
        ("InvalidAttributeValue", "InvalidAttributeValue", "Sender"),
    ]


def test_a_client_can_ask_for_its_account(kinesis: "KinesisClient", sts: Any) -> None:
    """STS's GetCallerIdentity names the account in which streams are."""
    kinesis.create_stream(StreamName="mine", ShardCount=1)
    described = kinesis.describe_stream_summary(StreamName="mine")["StreamDescriptionSummary"]

    identity = sts.get_caller_identity()

    assert identity["Account"] == described["StreamARN"].split(":")[4]
    assert identity["UserId"]
    assert identity["Arn"].startswith("arn:aws:")
