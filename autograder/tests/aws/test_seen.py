"""What hidden tests see of the simulated AWS."""

from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from autograder.aws.seen import Seen
from autograder.aws.simulated import Cloud
from autograder.tests.aws.kinesis_requests import iterator_of

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient


def test_requests_are_listed_by_the_stream_that_they_name_in_any_way(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """A name, an ARN, a shard iterator and a token of a listing all name the stream."""
    for stream in ("asked", "other"):
        cloud.kinesis.create_stream(stream, 2)
        summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
        kinesis.put_record(StreamARN=summary["StreamARN"], Data=b"x", PartitionKey="k")
        kinesis.get_records(ShardIterator=iterator_of(kinesis, stream))
        page = kinesis.list_shards(StreamName=stream, MaxResults=1)
        kinesis.list_shards(NextToken=page["NextToken"])
    kinesis.describe_limits()

    calls = Seen(cloud).calls(
        "DescribeStreamSummary",
        "PutRecord",
        "GetShardIterator",
        "GetRecords",
        "ListShards",
        "DescribeLimits",
        on="asked",
    )

    assert [call.operation for call in calls] == [
        "DescribeStreamSummary",
        "PutRecord",
        "GetShardIterator",
        "GetRecords",
        "ListShards",
        "ListShards",
    ]


def test_requests_are_listed_by_the_queue_that_they_name(cloud: Cloud, sqs: "SQSClient") -> None:
    """A queue's name and its address both name it."""
    for queue in ("asked", "other"):
        url = sqs.create_queue(QueueName=queue)["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="x")

    calls = Seen(cloud).calls("CreateQueue", "SendMessage", on="asked")

    assert [call.operation for call in calls] == ["CreateQueue", "SendMessage"]


def test_a_request_that_was_refused_for_its_iterator_names_no_stream(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """An iterator that nobody gave out is of no stream, and does no harm."""
    cloud.kinesis.create_stream("asked", 1)
    with suppress(ClientError):
        kinesis.get_records(ShardIterator="forged")

    (call,) = Seen(cloud).calls("GetRecords")

    assert call.error == "InvalidArgumentException"
    assert call.target == ""
