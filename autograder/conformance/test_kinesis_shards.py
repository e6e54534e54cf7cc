"""Shards of Kinesis: how they split, merge and are listed.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon Kinesis Data Streams Developer Guide and API Reference, unless a docstring says otherwise.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.kinesis_helpers import (
    contents,
    error_code,
    iterator,
    make_stream,
    wait_until_active,
)

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


def test_a_split_parent_closes_and_keeps_its_records(kinesis: "KinesisClient", name: str) -> None:
    """New records go to the children; the parent keeps its records and comes to an end."""
    (parent,) = make_stream(kinesis, name, 1)
    for number in range(6):
        kinesis.put_record(StreamName=name, Data=b"old", PartitionKey=f"k{number}")

    kinesis.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=str(2**127))
    wait_until_active(kinesis, name)
    after = [
        kinesis.put_record(StreamName=name, Data=b"new", PartitionKey=f"k{number}")["ShardId"]
        for number in range(6)
    ]
    end = kinesis.get_records(ShardIterator=iterator(kinesis, name, parent))

    children = [
        shard
        for shard in kinesis.list_shards(StreamName=name)["Shards"]
        if shard.get("ParentShardId") == parent
    ]
    assert parent not in after
    assert [record["Data"] for record in end["Records"]] == [b"old"] * 6
    assert "NextShardIterator" not in end
    assert {shard["ShardId"] for shard in end["ChildShards"]} == {
        shard["ShardId"] for shard in children
    }
    assert len(children) == 2


def test_a_closed_shard_has_an_ending_sequence_number(kinesis: "KinesisClient", name: str) -> None:
    """SequenceNumberRange distinguishes closed shards from open shards."""
    (parent,) = make_stream(kinesis, name, 1)
    kinesis.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=str(2**127))

    shards = kinesis.list_shards(StreamName=name)["Shards"]

    closed = [
        shard["ShardId"]
        for shard in shards
        if "EndingSequenceNumber" in shard["SequenceNumberRange"]
    ]
    assert closed == [parent]


def test_a_split_leaves_two_hash_keys_to_the_first_child(
    kinesis: "KinesisClient", name: str
) -> None:
    """The new key is greater than one plus the shard's StartingHashKey.

    Source: kinesalite's tests of SplitShard, recorded on AWS.
    """
    (shard,) = make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as caught:
        kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey="1")

    assert error_code(caught) == "InvalidArgumentException"


def test_merged_parents_close_and_keep_their_records(kinesis: "KinesisClient", name: str) -> None:
    """Records are not copied to the child, which gets all new records."""
    first, second = make_stream(kinesis, name, 2)
    for number in range(6):
        kinesis.put_record(StreamName=name, Data=b"old", PartitionKey=f"k{number}")

    kinesis.merge_shards(StreamName=name, ShardToMerge=first, AdjacentShardToMerge=second)
    wait_until_active(kinesis, name)
    after = {
        kinesis.put_record(StreamName=name, Data=b"new", PartitionKey=f"k{number}")["ShardId"]
        for number in range(6)
    }

    (child,) = after
    old = contents(kinesis, name, first) + contents(kinesis, name, second)
    assert child not in (first, second)
    assert old == [b"old"] * 6
    assert contents(kinesis, name, child) == [b"new"] * 6


def test_describe_stream_gives_100_shards_a_page(kinesis: "KinesisClient", name: str) -> None:
    """HasMoreShards and ExclusiveStartShardId page through a large stream."""
    make_stream(kinesis, name, 130)

    first = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    second = kinesis.describe_stream(
        StreamName=name, ExclusiveStartShardId=first["Shards"][-1]["ShardId"]
    )["StreamDescription"]

    assert (len(first["Shards"]), first["HasMoreShards"]) == (100, True)
    assert (len(second["Shards"]), second["HasMoreShards"]) == (30, False)


def test_list_shards_continues_by_its_token_only(kinesis: "KinesisClient", name: str) -> None:
    """NextToken names the stream."""
    make_stream(kinesis, name, 5)

    first = kinesis.list_shards(StreamName=name, MaxResults=3)
    second = kinesis.list_shards(NextToken=first["NextToken"])

    assert (len(first["Shards"]), len(second["Shards"])) == (3, 2)
    assert "NextToken" not in second


def test_the_paginators_of_boto3_list_every_shard(kinesis: "KinesisClient", name: str) -> None:
    """This covers the paginators of describe_stream and list_shards."""
    shards = make_stream(kinesis, name, 7)

    described = kinesis.get_paginator("describe_stream").paginate(
        StreamName=name, PaginationConfig={"PageSize": 3}
    )
    listed = kinesis.get_paginator("list_shards").paginate(
        StreamName=name, PaginationConfig={"PageSize": 3}
    )

    assert [
        shard["ShardId"] for page in described for shard in page["StreamDescription"]["Shards"]
    ] == shards
    assert [shard["ShardId"] for page in listed for shard in page["Shards"]] == shards


def test_a_token_and_a_name_are_refused_together(
    kinesis: "KinesisClient", name: str, request: pytest.FixtureRequest
) -> None:
    """ListShards continues by its token; naming the stream again is an error."""
    if not request.config.getoption("--endpoint"):
        reason = "on purpose: boto3's own paginator sends both, and pages are small here"
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    make_stream(kinesis, name, 3)
    first = kinesis.list_shards(StreamName=name, MaxResults=2)

    with pytest.raises(ClientError) as caught:
        kinesis.list_shards(StreamName=name, NextToken=first["NextToken"])

    assert error_code(caught) == "InvalidArgumentException"


def test_a_listing_can_start_behind_a_shard(kinesis: "KinesisClient", name: str) -> None:
    """ListShards takes ExclusiveStartShardId as DescribeStream does."""
    shards = make_stream(kinesis, name, 4)

    listed = kinesis.list_shards(StreamName=name, ExclusiveStartShardId=shards[1])["Shards"]

    assert [shard["ShardId"] for shard in listed] == shards[2:]


def test_a_listing_can_leave_out_closed_shards(kinesis: "KinesisClient", name: str) -> None:
    """ShardFilter AT_LATEST gives the shards that are open now."""
    (parent,) = make_stream(kinesis, name, 1)
    kinesis.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=str(2**127))
    wait_until_active(kinesis, name)

    listed = kinesis.list_shards(StreamName=name, ShardFilter={"Type": "AT_LATEST"})["Shards"]

    assert len(listed) == 2
    assert parent not in [shard["ShardId"] for shard in listed]


def test_a_listing_can_be_filtered(kinesis: "KinesisClient", name: str) -> None:
    """Each type of ShardFilter chooses what its documentation says."""
    first, second = make_stream(kinesis, name, 2)
    kinesis.split_shard(StreamName=name, ShardToSplit=first, NewStartingHashKey=str(2**126))
    wait_until_active(kinesis, name)
    every = [shard["ShardId"] for shard in kinesis.list_shards(StreamName=name)["Shards"]]
    filters: dict[str, dict[str, Any]] = {
        "AT_TRIM_HORIZON": {},
        "FROM_TRIM_HORIZON": {},
        "AT_LATEST": {},
        "AFTER_SHARD_ID": {"ShardId": first},
        "FROM_TIMESTAMP": {"Timestamp": datetime(2001, 1, 1, tzinfo=UTC)},
        "AT_TIMESTAMP": {"Timestamp": datetime.now(UTC) + timedelta(days=1)},
    }

    listed = {}
    for kind, members in filters.items():
        chosen: Any = {"Type": kind, **members}
        shards = kinesis.list_shards(StreamName=name, ShardFilter=chosen)["Shards"]
        listed[kind] = [shard["ShardId"] for shard in shards]

    assert listed == {
        "AT_TRIM_HORIZON": [first, second],
        "FROM_TRIM_HORIZON": every,
        "AT_LATEST": every[1:],
        "AFTER_SHARD_ID": every[1:],
        "FROM_TIMESTAMP": every,
        "AT_TIMESTAMP": every[1:],
    }


def test_a_filter_applies_to_all_pages_of_a_listing(kinesis: "KinesisClient", name: str) -> None:
    """NextToken includes the filter, which must not be given with it."""
    last = make_stream(kinesis, name, 4)[-1]
    kinesis.split_shard(StreamName=name, ShardToSplit=last, NewStartingHashKey=str(2**128 - 9))
    wait_until_active(kinesis, name)

    pages = [kinesis.list_shards(StreamName=name, MaxResults=2, ShardFilter={"Type": "AT_LATEST"})]
    while token := pages[-1].get("NextToken"):
        pages.append(kinesis.list_shards(NextToken=token, MaxResults=2))

    listed = [shard["ShardId"] for page in pages for shard in page["Shards"]]
    assert len(listed) == 5
    assert last not in listed
