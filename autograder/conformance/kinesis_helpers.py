"""Helpers that the conformance tests of Kinesis share."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


def make_stream(kinesis: "KinesisClient", name: str, shards: int) -> list[str]:
    """Make a stream, wait for it, and list its shard ids."""
    kinesis.create_stream(StreamName=name, ShardCount=shards)
    wait_until_active(kinesis, name)
    return [shard["ShardId"] for shard in kinesis.list_shards(StreamName=name)["Shards"]]


def wait_until_active(kinesis: "KinesisClient", name: str) -> None:
    """Wait without pausing."""
    for _ in range(10_000):
        status = kinesis.describe_stream_summary(StreamName=name)
        if status["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE":
            return
    pytest.fail("the stream never became ACTIVE")


def iterator(kinesis: "KinesisClient", name: str, shard_id: str, **how: Any) -> str:
    """Return a shard iterator, by default at the oldest record."""
    how.setdefault("ShardIteratorType", "TRIM_HORIZON")
    return kinesis.get_shard_iterator(StreamName=name, ShardId=shard_id, **how)["ShardIterator"]


def contents(kinesis: "KinesisClient", name: str, shard_id: str, **how: Any) -> list[bytes]:
    """Return the data of the first page of an iterator."""
    page = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard_id, **how))
    return [record["Data"] for record in page["Records"]]


def error_code(error: pytest.ExceptionInfo[ClientError]) -> str:
    """Name AWS's error."""
    return error.value.response["Error"]["Code"]


def put_three(kinesis: "KinesisClient", name: str) -> list[str]:
    """Put three records with one partition key; return their sequence numbers."""
    return [
        kinesis.put_record(StreamName=name, Data=data, PartitionKey="k")["SequenceNumber"]
        for data in (b"a", b"b", b"c")
    ]
