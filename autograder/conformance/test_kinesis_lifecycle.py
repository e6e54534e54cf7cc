"""Streams of Kinesis: how they are created, deleted and named.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon Kinesis Data Streams Developer Guide and API Reference, unless a docstring says otherwise.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.kinesis_helpers import (
    error_code,
    iterator,
    make_stream,
    wait_until_active,
)

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


def test_a_new_stream_is_creating_and_then_active(kinesis: "KinesisClient", name: str) -> None:
    """CreateStream returns immediately, with the stream CREATING; it is ACTIVE some time later."""
    kinesis.create_stream(StreamName=name, ShardCount=1)

    first = kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamStatus"]
    wait_until_active(kinesis, name)

    assert first == "CREATING"


def test_a_stream_that_is_creating_takes_no_records(kinesis: "KinesisClient", name: str) -> None:
    """Data operations need an ACTIVE stream."""
    kinesis.create_stream(StreamName=name, ShardCount=1)

    with pytest.raises(ClientError) as caught:
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")

    assert error_code(caught) == "ResourceNotFoundException"


def test_a_stream_that_is_creating_has_no_shards_yet(kinesis: "KinesisClient", name: str) -> None:
    """DescribeStream shows none, and ListShards needs an ACTIVE stream.

    Source: API Reference, ListShards, ResourceInUseException; kinesalite's tests, recorded on AWS.
    """
    kinesis.create_stream(StreamName=name, ShardCount=3)

    described = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    with pytest.raises(ClientError) as listed:
        kinesis.list_shards(StreamName=name)

    assert (described["StreamStatus"], described["Shards"]) == ("CREATING", [])
    assert error_code(listed) == "ResourceInUseException"


def test_a_stream_that_is_creating_is_not_resharded(kinesis: "KinesisClient", name: str) -> None:
    """SplitShard and MergeShards, ResourceInUseException: the stream must be ACTIVE."""
    kinesis.create_stream(StreamName=name, ShardCount=2)
    first, second = "shardId-000000000000", "shardId-000000000001"

    with pytest.raises(ClientError) as split:
        kinesis.split_shard(StreamName=name, ShardToSplit=first, NewStartingHashKey="5")
    with pytest.raises(ClientError) as merge:
        kinesis.merge_shards(StreamName=name, ShardToMerge=first, AdjacentShardToMerge=second)

    assert error_code(split) == "ResourceInUseException"
    assert error_code(merge) == "ResourceInUseException"


def test_a_stream_is_updating_while_it_is_resharded(kinesis: "KinesisClient", name: str) -> None:
    """SplitShard returns immediately, with the stream UPDATING; it takes records meanwhile."""
    (shard,) = make_stream(kinesis, name, 1)

    kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey=str(2**127))
    first = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    put = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")
    wait_until_active(kinesis, name)

    assert first["StreamStatus"] == "UPDATING"
    assert put["ShardId"]


def test_a_deleted_stream_is_deleting_and_then_gone(kinesis: "KinesisClient", name: str) -> None:
    """DeleteStream returns immediately; the name is in use until the stream is gone."""
    make_stream(kinesis, name, 1)
    kinesis.delete_stream(StreamName=name)

    first = kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamStatus"]
    with pytest.raises(ClientError) as taken:
        kinesis.create_stream(StreamName=name, ShardCount=1)
    with pytest.raises(ClientError) as gone:
        wait_until_active(kinesis, name)

    assert first == "DELETING"
    assert error_code(taken) == "ResourceInUseException"
    assert error_code(gone) == "ResourceNotFoundException"


def test_the_waiters_of_boto3_see_a_stream_come_and_go(kinesis: "KinesisClient", name: str) -> None:
    """The waiters `stream_exists` and `stream_not_exists` end."""
    kinesis.create_stream(StreamName=name, ShardCount=2)
    no_pause = {"Delay": 0, "MaxAttempts": 100}

    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig=no_pause)  # type: ignore[arg-type]  # the stubs want a literal
    kinesis.delete_stream(StreamName=name)
    kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig=no_pause)  # type: ignore[arg-type]  # likewise

    assert name not in kinesis.list_streams()["StreamNames"]


def test_a_stream_that_exists_cannot_be_created(kinesis: "KinesisClient", name: str) -> None:
    """The error is ResourceInUseException, and the stream is not changed."""
    make_stream(kinesis, name, 2)

    with pytest.raises(ClientError) as caught:
        kinesis.create_stream(StreamName=name, ShardCount=3)

    assert error_code(caught) == "ResourceInUseException"
    assert len(kinesis.list_shards(StreamName=name)["Shards"]) == 2


def test_a_stream_can_be_named_by_its_arn_everywhere(kinesis: "KinesisClient", name: str) -> None:
    """An iterator that was made by ARN works without naming the stream again."""
    (shard,) = make_stream(kinesis, name, 1)
    arn = kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamARN"]

    kinesis.put_record(StreamARN=arn, Data=b"x", PartitionKey="k")
    start = kinesis.get_shard_iterator(
        StreamARN=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]

    assert len(kinesis.get_records(ShardIterator=start)["Records"]) == 1
    assert len(kinesis.get_records(ShardIterator=start, StreamARN=arn)["Records"]) == 1


def test_streams_are_listed_with_a_summary_of_each(kinesis: "KinesisClient", name: str) -> None:
    """ListStreams returns StreamSummaries in addition to StreamNames."""
    make_stream(kinesis, name, 1)

    summaries = kinesis.list_streams(ExclusiveStartStreamName=name[:-1])["StreamSummaries"]

    found = {summary["StreamName"]: summary for summary in summaries}
    assert found[name]["StreamStatus"] == "ACTIVE"
    assert found[name]["StreamARN"].endswith(f":stream/{name}")


def test_a_missing_stream_or_shard_is_not_found(kinesis: "KinesisClient", name: str) -> None:
    """The error is ResourceNotFoundException for an unknown stream and an unknown shard."""
    make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as no_stream:
        kinesis.delete_stream(StreamName=f"{name}-never-was")
    with pytest.raises(ClientError) as no_shard:
        iterator(kinesis, name, "shardId-000000000099")

    assert error_code(no_stream) == "ResourceNotFoundException"
    assert error_code(no_shard) == "ResourceNotFoundException"


def test_a_stream_with_a_consumer_is_not_deleted(kinesis: "KinesisClient", name: str) -> None:
    """DeleteStream, EnforceConsumerDeletion: without it, ResourceInUseException."""
    make_stream(kinesis, name, 1)
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")

    with pytest.raises(ClientError) as refused:
        kinesis.delete_stream(StreamName=name)
    kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)

    assert error_code(refused) == "ResourceInUseException"


def test_a_consumer_is_deregistered_by_its_name(kinesis: "KinesisClient", name: str) -> None:
    """DeregisterStreamConsumer takes StreamARN with ConsumerName; other consumers stay."""
    make_stream(kinesis, name, 1)
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    for consumer in ("first", "second"):
        kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=consumer)

    kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="first")

    left = kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]
    assert [consumer["ConsumerName"] for consumer in left] == ["second"]


def test_a_stream_without_a_count_has_four_shards(kinesis: "KinesisClient", name: str) -> None:
    """CreateStream does not require ShardCount.

    Source: LocalStack's tests of CreateStream, recorded on AWS.
    """
    kinesis.create_stream(StreamName=name)
    wait_until_active(kinesis, name)

    assert len(kinesis.list_shards(StreamName=name)["Shards"]) == 4


def test_a_stream_may_have_tags_from_the_start(kinesis: "KinesisClient", name: str) -> None:
    """CreateStream, Tags; ListTagsForStream returns them."""
    kinesis.create_stream(StreamName=name, ShardCount=1, Tags={"course": "logs"})
    wait_until_active(kinesis, name)

    tags = kinesis.list_tags_for_stream(StreamName=name)["Tags"]

    assert tags == [{"Key": "course", "Value": "logs"}]


def test_the_limits_of_an_account_count_open_shards(kinesis: "KinesisClient", name: str) -> None:
    """DescribeLimits, OpenShardCount."""
    before = kinesis.describe_limits()["OpenShardCount"]
    make_stream(kinesis, name, 3)

    assert kinesis.describe_limits()["OpenShardCount"] == before + 3


def test_streams_are_listed_by_name_in_pages(kinesis: "KinesisClient", name: str) -> None:
    """ListStreams: Limit, HasMoreStreams, NextToken and ExclusiveStartStreamName."""
    names = [f"{name}-{letter}" for letter in "bca"]
    for stream in names:
        make_stream(kinesis, stream, 1)

    first = kinesis.list_streams(ExclusiveStartStreamName=name, Limit=2)
    second = kinesis.list_streams(NextToken=first["NextToken"])

    assert (first["StreamNames"], first["HasMoreStreams"]) == (sorted(names)[:2], True)
    assert (second["StreamNames"], second["HasMoreStreams"]) == (sorted(names)[2:], False)


def test_the_paginator_of_boto3_lists_every_stream(kinesis: "KinesisClient", name: str) -> None:
    """The paginator of list_streams."""
    for number in range(3):
        make_stream(kinesis, f"{name}-{number}", 1)

    pages = kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})

    assert [stream for page in pages for stream in page["StreamNames"]] == [
        f"{name}-{number}" for number in range(3)
    ]


def test_a_stream_knows_when_it_was_created(kinesis: "KinesisClient", name: str) -> None:
    """DescribeStream, StreamCreationTimestamp: about now, and the same in the summary."""
    make_stream(kinesis, name, 1)

    described = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]

    created = described["StreamCreationTimestamp"]
    assert abs(created - datetime.now(UTC)) < timedelta(hours=1)
    assert summary["StreamCreationTimestamp"] == created


def test_a_stream_that_is_deleting_takes_no_new_shards(kinesis: "KinesisClient", name: str) -> None:
    """SplitShard, ResourceInUseException: the stream must be ACTIVE."""
    (shard,) = make_stream(kinesis, name, 1)
    kinesis.delete_stream(StreamName=name)

    with pytest.raises(ClientError) as caught:
        kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey=str(2**127))

    assert error_code(caught) == "ResourceInUseException"
