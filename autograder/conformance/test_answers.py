"""What each answer of AWS carries, whatever was asked.

Source: AWS's "Common Response Headers", and boto3's guide "Error handling", which reads
`response["ResponseMetadata"]["RequestId"]` of answers and errors.
"""

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
