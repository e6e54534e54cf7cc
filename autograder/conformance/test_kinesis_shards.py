"""Shards of Kinesis: how they split, merge and are listed.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon Kinesis Data Streams Developer Guide and API Reference, unless a docstring says otherwise.
"""

import itertools
from collections.abc import Sequence
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


def ranges_of(shards: Sequence[Any]) -> list[tuple[int, int]]:
    """Return the hash ranges of shards, in the order of the shards."""
    ranges = [shard["HashKeyRange"] for shard in shards]
    return [(int(keys["StartingHashKey"]), int(keys["EndingHashKey"])) for keys in ranges]


@pytest.mark.parametrize("count", [1, 3, 7])
def test_new_shards_share_all_hash_keys(kinesis: "KinesisClient", name: str, count: int) -> None:
    """CreateStream: ranges from 0 to 2^128 - 1 without a gap, of about the same size."""
    make_stream(kinesis, name, count)

    ranges = ranges_of(kinesis.list_shards(StreamName=name)["Shards"])

    sizes = [end - start + 1 for start, end in ranges]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 2**128 - 1
    assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(ranges))
    assert max(sizes) - min(sizes) <= count


def test_shard_ids_count_from_0_with_12_digits(kinesis: "KinesisClient", name: str) -> None:
    """Shard, ShardId, as in the examples of DescribeStream."""
    assert make_stream(kinesis, name, 3) == [f"shardId-{number:012}" for number in range(3)]


def test_the_children_of_a_split_share_its_range(kinesis: "KinesisClient", name: str) -> None:
    """SplitShard, NewStartingHashKey: it and all higher keys go to the second child."""
    first, _ = make_stream(kinesis, name, 2)
    middle = 2**126

    kinesis.split_shard(StreamName=name, ShardToSplit=first, NewStartingHashKey=str(middle))
    wait_until_active(kinesis, name)

    shards = kinesis.list_shards(StreamName=name)["Shards"]
    assert ranges_of(shards[2:]) == [(0, middle - 1), (middle, 2**127 - 1)]
    assert [shard["ParentShardId"] for shard in shards[2:]] == [first, first]


def test_a_merged_shard_names_both_parents(kinesis: "KinesisClient", name: str) -> None:
    """Shard, ParentShardId and AdjacentParentShardId; its range is the parents' together."""
    first, second = make_stream(kinesis, name, 2)

    kinesis.merge_shards(StreamName=name, ShardToMerge=first, AdjacentShardToMerge=second)
    wait_until_active(kinesis, name)

    child = kinesis.list_shards(StreamName=name)["Shards"][2]
    assert (child["ParentShardId"], child["AdjacentParentShardId"]) == (first, second)
    assert ranges_of([child]) == [(0, 2**128 - 1)]


def test_shards_that_are_not_adjacent_are_not_merged(kinesis: "KinesisClient", name: str) -> None:
    """MergeShards, InvalidArgumentException: a gap between their ranges."""
    first, _, third = make_stream(kinesis, name, 3)

    with pytest.raises(ClientError) as caught:
        kinesis.merge_shards(StreamName=name, ShardToMerge=first, AdjacentShardToMerge=third)

    assert error_code(caught) == "InvalidArgumentException"


def test_a_closed_shard_is_not_split_again(kinesis: "KinesisClient", name: str) -> None:
    """SplitShard, InvalidArgumentException: it is closed."""
    (shard,) = make_stream(kinesis, name, 1)
    kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey=str(2**127))
    wait_until_active(kinesis, name)

    with pytest.raises(ClientError) as caught:
        kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey=str(2**126))

    assert error_code(caught) in ("InvalidArgumentException", "ResourceInUseException")


def test_a_hash_key_outside_a_shard_does_not_split_it(kinesis: "KinesisClient", name: str) -> None:
    """SplitShard, NewStartingHashKey: within the shard's range."""
    first, _ = make_stream(kinesis, name, 2)

    with pytest.raises(ClientError) as caught:
        kinesis.split_shard(StreamName=name, ShardToSplit=first, NewStartingHashKey=str(2**127 + 9))

    assert error_code(caught) == "InvalidArgumentException"


def test_the_numbers_of_children_follow_their_parents(kinesis: "KinesisClient", name: str) -> None:
    """A child's StartingSequenceNumber is greater than its parent's EndingSequenceNumber.

    So sorting a key's records by number keeps their order across a split.
    """
    (shard,) = make_stream(kinesis, name, 1)
    before = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")["SequenceNumber"]
    kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey=str(2**127))
    wait_until_active(kinesis, name)
    after = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")["SequenceNumber"]

    parent, *children = kinesis.list_shards(StreamName=name)["Shards"]

    end = int(parent["SequenceNumberRange"]["EndingSequenceNumber"])
    starts = [int(child["SequenceNumberRange"]["StartingSequenceNumber"]) for child in children]
    assert int(before) <= end < int(after)
    assert all(end < start for start in starts)


def test_the_end_of_a_shard_names_its_children(kinesis: "KinesisClient", name: str) -> None:
    """GetRecords, ChildShards: only in the last answer, which lacks NextShardIterator."""
    (shard,) = make_stream(kinesis, name, 1)
    before = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard))
    kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey=str(2**127))
    wait_until_active(kinesis, name)

    end = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard))

    assert "ChildShards" not in before
    assert end.get("NextShardIterator") is None
    assert [child["ShardId"] for child in end["ChildShards"]] == [
        "shardId-000000000001",
        "shardId-000000000002",
    ]
    assert all(child["ParentShards"] == [shard] for child in end["ChildShards"])


def test_a_page_of_a_listing_has_as_many_shards_as_asked(
    kinesis: "KinesisClient", name: str
) -> None:
    """ListShards, MaxResults; DescribeStream, Limit."""
    make_stream(kinesis, name, 5)

    listed = kinesis.list_shards(StreamName=name, MaxResults=2)
    described = kinesis.describe_stream(StreamName=name, Limit=3)["StreamDescription"]

    assert len(listed["Shards"]) == 2
    assert (len(described["Shards"]), described["HasMoreShards"]) == (3, True)


def test_a_filter_needs_what_its_type_needs(kinesis: "KinesisClient", name: str) -> None:
    """ShardFilter, Type: AFTER_SHARD_ID needs ShardId, AT_TIMESTAMP needs Timestamp."""
    make_stream(kinesis, name, 1)

    for kind in ("AFTER_SHARD_ID", "AT_TIMESTAMP", "FROM_TIMESTAMP"):
        chosen: Any = {"Type": kind}
        with pytest.raises(ClientError) as caught:
            kinesis.list_shards(StreamName=name, ShardFilter=chosen)

        assert error_code(caught) in ("InvalidArgumentException", "ValidationException")
