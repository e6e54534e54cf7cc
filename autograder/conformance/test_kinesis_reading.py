"""Reading from Kinesis: iterators, pages and offsets.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon Kinesis Data Streams Developer Guide and API Reference, unless a docstring says otherwise.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from autograder.conformance.kinesis_helpers import (
    contents,
    error_code,
    iterator,
    make_stream,
    put_three,
    wait_until_active,
)

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


def test_at_includes_and_after_excludes_the_offset(kinesis: "KinesisClient", name: str) -> None:
    """The two iterator types differ by one record."""
    (shard,) = make_stream(kinesis, name, 1)
    offsets = [
        kinesis.put_record(StreamName=name, Data=data, PartitionKey="k")["SequenceNumber"]
        for data in (b"a", b"b", b"c")
    ]

    at = contents(kinesis, name, shard, ShardIteratorType="AT_SEQUENCE_NUMBER",
                  StartingSequenceNumber=offsets[1])  # fmt: skip
    after = contents(kinesis, name, shard, ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                     StartingSequenceNumber=offsets[1])  # fmt: skip

    assert (at, after) == ([b"b", b"c"], [b"c"])


def test_latest_gives_what_is_written_afterwards(kinesis: "KinesisClient", name: str) -> None:
    """LATEST starts after the newest record."""
    (shard,) = make_stream(kinesis, name, 1)
    kinesis.put_record(StreamName=name, Data=b"old", PartitionKey="k")

    start = iterator(kinesis, name, shard, ShardIteratorType="LATEST")
    kinesis.put_record(StreamName=name, Data=b"new", PartitionKey="k")

    page = kinesis.get_records(ShardIterator=start)
    assert [record["Data"] for record in page["Records"]] == [b"new"]


@pytest.mark.parametrize("offset", ["abc", "007", "1" * 200, "12345"])
def test_an_invalid_offset_is_refused(kinesis: "KinesisClient", name: str, offset: str) -> None:
    """Such as text, leading zeros, too many digits, and numbers that were never assigned."""
    (shard,) = make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as caught:
        iterator(kinesis, name, shard, ShardIteratorType="AT_SEQUENCE_NUMBER",
                 StartingSequenceNumber=offset)  # fmt: skip

    assert error_code(caught) in ("InvalidArgumentException", "ValidationException")


def test_an_offset_of_another_shard_is_refused(kinesis: "KinesisClient", name: str) -> None:
    """A sequence number belongs to one shard."""
    first, second = make_stream(kinesis, name, 2)
    put = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey="0")

    with pytest.raises(ClientError) as caught:
        iterator(kinesis, name, second, ShardIteratorType="AT_SEQUENCE_NUMBER",
                 StartingSequenceNumber=put["SequenceNumber"])  # fmt: skip

    assert put["ShardId"] == first
    assert error_code(caught) == "InvalidArgumentException"


@pytest.mark.parametrize(
    "how",
    [
        {"ShardIteratorType": "AT_SEQUENCE_NUMBER"},
        {"ShardIteratorType": "AT_TIMESTAMP"},
        {
            "ShardIteratorType": "AT_TIMESTAMP",
            "Timestamp": datetime.now(UTC) + timedelta(days=30),
        },
    ],
)
def test_an_iterator_needs_what_its_type_needs(
    kinesis: "KinesisClient", name: str, how: dict[str, Any]
) -> None:
    """A missing number, a missing time and a future time are refused."""
    (shard,) = make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as caught:
        iterator(kinesis, name, shard, **how)

    assert error_code(caught) == "InvalidArgumentException"


@pytest.mark.parametrize("kind", ["LATEST", "TRIM_HORIZON"])
def test_an_iterator_takes_no_number_that_its_type_ignores(
    kinesis: "KinesisClient", name: str, kind: str
) -> None:
    """InvalidArgumentException, which says which types take a StartingSequenceNumber.

    Source: kinesalite's tests of GetShardIterator, recorded on AWS.
    """
    (shard,) = make_stream(kinesis, name, 1)
    number = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")["SequenceNumber"]

    with pytest.raises(ClientError) as caught:
        iterator(kinesis, name, shard, ShardIteratorType=kind, StartingSequenceNumber=number)

    assert error_code(caught) == "InvalidArgumentException"
    assert f"{kind} and also a StartingSequenceNumber" in str(caught.value)


def test_a_garbled_iterator_is_refused(kinesis: "KinesisClient") -> None:
    """Only an unchanged iterator of GetShardIterator is valid."""
    with pytest.raises(ClientError) as caught:
        kinesis.get_records(ShardIterator="garbage")

    assert error_code(caught) == "InvalidArgumentException"


def test_an_open_shard_always_has_a_next_iterator(kinesis: "KinesisClient", name: str) -> None:
    """A reader that has caught up gets no records and MillisBehindLatest 0, but not the end."""
    (shard,) = make_stream(kinesis, name, 1)

    page = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard))

    assert page["Records"] == []
    assert page["MillisBehindLatest"] == 0
    assert page["NextShardIterator"]


def test_millis_behind_latest_is_above_0_while_more_records_follow(
    kinesis: "KinesisClient", name: str
) -> None:
    """MillisBehindLatest says whether a page leaves records behind."""
    (shard,) = make_stream(kinesis, name, 1)
    for data in (b"a", b"b", b"c"):
        kinesis.put_record(StreamName=name, Data=data, PartitionKey="k")

    page = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard), Limit=2)

    assert len(page["Records"]) == 2
    assert page["MillisBehindLatest"] > 0


@pytest.mark.parametrize("limit", [0, 10_001])
def test_a_page_has_1_to_10000_records(kinesis: "KinesisClient", name: str, limit: int) -> None:
    """GetRecords refuses other limits, boto3 itself the lower ones."""
    (shard,) = make_stream(kinesis, name, 1)
    start = iterator(kinesis, name, shard)

    with pytest.raises((ClientError, ParamValidationError), match=r"(?i)limit"):
        kinesis.get_records(ShardIterator=start, Limit=limit)


def test_reading_removes_nothing_from_the_log(kinesis: "KinesisClient", name: str) -> None:
    """Two iterators from the oldest record give the same records."""
    (shard,) = make_stream(kinesis, name, 1)
    for data in (b"a", b"b"):
        kinesis.put_record(StreamName=name, Data=data, PartitionKey="k")

    assert contents(kinesis, name, shard) == contents(kinesis, name, shard) == [b"a", b"b"]


@pytest.mark.parametrize("shard", ["0", "shardId-0", "shardId-00000"])
def test_a_shard_id_may_be_short(kinesis: "KinesisClient", name: str, shard: str) -> None:
    """The number is what counts.

    Source: kinesalite's tests of GetShardIterator, recorded on AWS.
    """
    make_stream(kinesis, name, 1)
    kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")

    assert contents(kinesis, name, shard) == [b"x"]


def test_an_iterator_may_be_in_quotes(kinesis: "KinesisClient", name: str) -> None:
    """GetRecords takes it so.

    Source: LocalStack's test of GetRecords, validated on AWS.
    """
    (shard,) = make_stream(kinesis, name, 1)
    kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")

    page = kinesis.get_records(ShardIterator=f'"{iterator(kinesis, name, shard)}"')

    assert [record["Data"] for record in page["Records"]] == [b"x"]


def test_an_iterator_can_be_used_again(kinesis: "KinesisClient", name: str) -> None:
    """GetRecords moves no cursor: the same iterator gives the same records."""
    (shard,) = make_stream(kinesis, name, 1)
    put_three(kinesis, name)
    start = iterator(kinesis, name, shard)

    pages = [kinesis.get_records(ShardIterator=start, Limit=2)["Records"] for _ in range(2)]

    assert [[record["Data"] for record in page] for page in pages] == [[b"a", b"b"]] * 2


def test_the_next_iterator_continues_after_the_page(kinesis: "KinesisClient", name: str) -> None:
    """GetRecords, NextShardIterator: no record is left out and none comes twice."""
    (shard,) = make_stream(kinesis, name, 1)
    put_three(kinesis, name)

    found, position = [], iterator(kinesis, name, shard)
    for _ in range(3):
        page = kinesis.get_records(ShardIterator=position, Limit=1)
        found += [record["Data"] for record in page["Records"]]
        position = page["NextShardIterator"]

    assert found == [b"a", b"b", b"c"]


def test_a_reader_at_the_tip_is_not_behind(kinesis: "KinesisClient", name: str) -> None:
    """GetRecords, MillisBehindLatest: zero if record processing has caught up."""
    (shard,) = make_stream(kinesis, name, 1)
    put_three(kinesis, name)

    page = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard))

    assert len(page["Records"]) == 3
    assert page["MillisBehindLatest"] == 0


def test_an_iterator_at_a_time_gives_what_came_since(kinesis: "KinesisClient", name: str) -> None:
    """GetShardIterator, AT_TIMESTAMP: a time before all records is as TRIM_HORIZON."""
    (shard,) = make_stream(kinesis, name, 1)
    put_three(kinesis, name)
    first, second, _ = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard))["Records"]
    moment = second["ApproximateArrivalTimestamp"]

    since = contents(kinesis, name, shard, ShardIteratorType="AT_TIMESTAMP", Timestamp=moment)
    long_ago = contents(
        kinesis,
        name,
        shard,
        ShardIteratorType="AT_TIMESTAMP",
        Timestamp=first["ApproximateArrivalTimestamp"] - timedelta(days=1),
    )

    assert since[-2:] == [b"b", b"c"]
    assert long_ago == [b"a", b"b", b"c"]


def test_a_shard_can_be_read_from_its_starting_number(kinesis: "KinesisClient", name: str) -> None:
    """Shard, SequenceNumberRange: StartingSequenceNumber is a number that iterators take."""
    (shard,) = make_stream(kinesis, name, 1)
    (described,) = kinesis.list_shards(StreamName=name)["Shards"]
    put_three(kinesis, name)

    found = contents(
        kinesis,
        name,
        shard,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=described["SequenceNumberRange"]["StartingSequenceNumber"],
    )

    assert found == [b"a", b"b", b"c"]


def test_a_page_has_at_most_10_mib(kinesis: "KinesisClient", name: str) -> None:
    """GetRecords: the maximum size of data is 10 MiB; what is left comes with the next page."""
    (shard,) = make_stream(kinesis, name, 1)
    half: Any = {"Data": b"x" * ((1 << 20) - 1), "PartitionKey": "k"}
    for _ in range(2):
        kinesis.put_records(StreamName=name, Records=[half] * 7)

    page = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard))

    assert 1 <= len(page["Records"]) <= 10
    assert page["MillisBehindLatest"] > 0


def test_a_stream_of_the_same_name_begins_empty(kinesis: "KinesisClient", name: str) -> None:
    """DeleteStream deletes the shards and their records."""
    make_stream(kinesis, name, 1)
    kinesis.put_record(StreamName=name, Data=b"old", PartitionKey="k")
    kinesis.delete_stream(StreamName=name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        wait_until_active(kinesis, name)

    (shard,) = make_stream(kinesis, name, 1)

    assert contents(kinesis, name, shard) == []
