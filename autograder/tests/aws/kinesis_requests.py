"""Requests that the tests of faults share."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from autograder.aws.simulated import Cloud

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient

SETTLED = 60
"""Virtual seconds after which a stream is created or deleted."""

THROTTLED = "ProvisionedThroughputExceededException"


def code_of(request: Callable[..., Any], **parameters: Any) -> str:
    """Send a request; return AWS's error code, or "" if it succeeds."""
    try:
        request(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def put(kinesis: "KinesisClient", stream: str, data: bytes = b"x") -> str:
    """Put one record; return the error code."""
    return code_of(kinesis.put_record, StreamName=stream, Data=data, PartitionKey="k")


def iterator_of(
    kinesis: "KinesisClient", stream: str, shard_id: str = "shardId-000000000000"
) -> str:
    """Take an iterator at the oldest record of a shard."""
    return kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]


def stored(cloud: Cloud, stream: str) -> list[bytes]:
    """List the data that a stream holds."""
    return [record.data for records in cloud.kinesis.records(stream).values() for record in records]
