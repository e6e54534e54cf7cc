"""What hidden tests see of the simulated AWS."""

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from autograder.aws import calls
from autograder.aws.seen import LONGEST_DATA, Seen
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


def test_the_name_in_a_request_is_kept_when_the_log_is_full(
    cloud: Cloud, sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood cannot hide what was done to a queue afterwards."""
    monkeypatch.setattr(calls, "MAX_LOGGED_BYTES", 0)
    url = sqs.create_queue(QueueName="asked")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.purge_queue(QueueUrl=url)

    operations = [
        call.operation for call in Seen(cloud).calls("SendMessage", "PurgeQueue", on="asked")
    ]

    assert operations == ["SendMessage", "PurgeQueue"]


def test_messages_that_were_deleted_are_told_by_their_receipts(
    cloud: Cloud, sqs: "SQSClient"
) -> None:
    """One by one and in batches; an entry that failed deleted none."""
    url = sqs.create_queue(QueueName="asked")["QueueUrl"]
    for text in "abc":
        sqs.send_message(QueueUrl=url, MessageBody=text)
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    first, second, third = (message["ReceiptHandle"] for message in received)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first)
    sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[{"Id": "1", "ReceiptHandle": second}, {"Id": "2", "ReceiptHandle": "none"}],
    )

    seen = Seen(cloud)
    (receive,) = seen.calls("ReceiveMessage", on="asked")
    deletes = seen.calls("DeleteMessage", "DeleteMessageBatch", on="asked")

    assert set(receive.receipts) == {first, second, third}
    assert [delete.deleted for delete in deletes] == [(first,), (second,)]


def test_a_log_with_giant_records_is_read_to_its_end(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Each is cut, so that it hides nothing behind it."""
    cloud.kinesis.create_stream("asked", 1)
    for data in (*[bytes(900_000)] * 12, b"last"):
        kinesis.put_record(StreamName="asked", Data=data, PartitionKey="k")

    log = Seen(cloud).log("asked")

    assert log.is_whole
    assert log.records[-1].data == b"last"
    assert len(log.records[0].data) == LONGEST_DATA


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
