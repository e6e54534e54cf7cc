"""Writing to Kinesis: shards, sequence numbers, and what a record may be.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon Kinesis Data Streams Developer Guide and API Reference, unless a docstring says otherwise.
"""

import hashlib
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


def test_sequence_numbers_are_long_unique_and_increasing(
    kinesis: "KinesisClient", name: str
) -> None:
    """They increase within a shard, and no two in a stream are the same."""
    make_stream(kinesis, name, 2)

    puts = [
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey=f"key-{number % 5}")
        for number in range(20)
    ]

    numbers = [int(put["SequenceNumber"]) for put in puts]
    by_shard = {
        shard: [int(put["SequenceNumber"]) for put in puts if put["ShardId"] == shard]
        for shard in {put["ShardId"] for put in puts}
    }
    assert len(set(numbers)) == 20
    assert all(len(str(number)) == 56 for number in numbers)
    assert all(own == sorted(own) for own in by_shard.values())


def test_the_md5_of_the_partition_key_chooses_the_shard(
    kinesis: "KinesisClient", name: str
) -> None:
    """The hash key is the MD5 of the key's UTF-8 bytes, read as a number."""
    make_stream(kinesis, name, 4)
    shards = kinesis.list_shards(StreamName=name)["Shards"]

    for key in ("alice", "bob", "ünï", "x" * 256):
        put = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey=key)
        number = int.from_bytes(hashlib.md5(key.encode()).digest())
        (owner,) = [
            shard["ShardId"]
            for shard in shards
            if int(shard["HashKeyRange"]["StartingHashKey"])
            <= number
            <= int(shard["HashKeyRange"]["EndingHashKey"])
        ]

        assert put["ShardId"] == owner


def test_a_hash_key_at_a_ranges_end_belongs_to_the_range(
    kinesis: "KinesisClient", name: str
) -> None:
    """Both ends of HashKeyRange are inclusive."""
    make_stream(kinesis, name, 4)

    for shard in kinesis.list_shards(StreamName=name)["Shards"]:
        for end in ("StartingHashKey", "EndingHashKey"):
            key = shard["HashKeyRange"][end]
            put = kinesis.put_record(
                StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey=key
            )

            assert put["ShardId"] == shard["ShardId"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (str(2**128), "InvalidArgumentException"),
        ("abc", "ValidationException"),
        ("-1", "ValidationException"),
        ("007", "ValidationException"),
        ("", "ValidationException"),
    ],
)
def test_a_hash_key_out_of_range_is_refused(
    kinesis: "KinesisClient", name: str, key: str, code: str
) -> None:
    """ExplicitHashKey has a pattern, and is a number from 0 to 2^128 - 1.

    Source: PutRecord, ExplicitHashKey; for the codes kinesalite's tests, recorded on AWS.
    """
    make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as caught:
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey=key)

    assert error_code(caught) == code


def test_a_shard_id_has_a_pattern(kinesis: "KinesisClient", name: str) -> None:
    """GetShardIterator, ShardId: letters, digits, underscores, dots and hyphens."""
    make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as caught:
        iterator(kinesis, name, "shard Id")

    assert error_code(caught) == "ValidationException"


def test_a_batch_has_at_most_500_records(kinesis: "KinesisClient", name: str) -> None:
    """PutRecords refuses 501 records, and does not store any."""
    (shard,) = make_stream(kinesis, name, 1)

    with pytest.raises(ClientError):
        kinesis.put_records(StreamName=name, Records=[{"Data": b"x", "PartitionKey": "k"}] * 501)

    assert contents(kinesis, name, shard) == []


def test_a_batch_has_at_most_10_mib(kinesis: "KinesisClient", name: str) -> None:
    """PutRecords takes 10 MiB of data and keys; padding of base64 is not data."""
    make_stream(kinesis, name, 1)
    record: Any = {"Data": b"x" * ((1 << 20) - 2), "PartitionKey": "kk"}

    taken = kinesis.put_records(StreamName=name, Records=[record] * 10)
    with pytest.raises(ClientError) as caught:
        kinesis.put_records(
            StreamName=name, Records=[*[record] * 10, {"Data": b"", "PartitionKey": "k"}]
        )

    assert taken["FailedRecordCount"] == 0
    assert error_code(caught) == "InvalidArgumentException"


def test_a_stream_may_take_larger_records(kinesis: "KinesisClient", name: str) -> None:
    """CreateStream and UpdateMaxRecordSize, MaxRecordSizeInKiB."""
    kinesis.create_stream(StreamName=name, ShardCount=1, MaxRecordSizeInKiB=2048)
    wait_until_active(kinesis, name)
    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    large = b"x" * (2 << 20)

    with pytest.raises(ClientError):
        kinesis.put_record(StreamName=name, Data=large, PartitionKey="k")
    kinesis.update_max_record_size(StreamARN=summary["StreamARN"], MaxRecordSizeInKiB=2049)
    wait_until_active(kinesis, name)

    assert summary["MaxRecordSizeInKiB"] == 2048
    assert kinesis.put_record(StreamName=name, Data=large, PartitionKey="k")["ShardId"]


def test_a_record_has_at_most_1_mib(kinesis: "KinesisClient", name: str) -> None:
    """The limit is on the data before base64 and the partition key together.

    Source: PutRecord, Data.
    """
    make_stream(kinesis, name, 1)

    taken = kinesis.put_record(StreamName=name, Data=b"x" * ((1 << 20) - 1), PartitionKey="k")
    with pytest.raises(ClientError) as caught:
        kinesis.put_record(StreamName=name, Data=b"x" * (1 << 20), PartitionKey="k")

    assert taken["SequenceNumber"]
    assert error_code(caught) == "ValidationException"


def test_a_partition_key_that_is_empty_or_too_long_is_refused(
    kinesis: "KinesisClient", name: str
) -> None:
    """PartitionKey has 1 to 256 characters."""
    make_stream(kinesis, name, 1)

    for key in ("", "k" * 257):
        with pytest.raises((ClientError, ParamValidationError)):
            kinesis.put_record(StreamName=name, Data=b"x", PartitionKey=key)


@pytest.mark.parametrize("data", [b"", b"\x00\xff", "größer 21°".encode(), bytes(range(256))])
def test_data_comes_back_unchanged(kinesis: "KinesisClient", name: str, data: bytes) -> None:
    """PutRecord, Data: any bytes, also none."""
    (shard,) = make_stream(kinesis, name, 1)

    kinesis.put_record(StreamName=name, Data=data, PartitionKey="k")

    assert contents(kinesis, name, shard) == [data]


def test_a_record_comes_back_with_its_key_and_number(kinesis: "KinesisClient", name: str) -> None:
    """GetRecords, Record: PartitionKey and SequenceNumber as they were put."""
    (shard,) = make_stream(kinesis, name, 1)
    put = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="ünï")

    (record,) = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard))["Records"]

    assert record["PartitionKey"] == "ünï"
    assert record["SequenceNumber"] == put["SequenceNumber"]


def test_a_record_has_its_time_of_arrival(kinesis: "KinesisClient", name: str) -> None:
    """Record, ApproximateArrivalTimestamp: with milliseconds, and never before the one before."""
    (shard,) = make_stream(kinesis, name, 1)
    put_three(kinesis, name)

    records = kinesis.get_records(ShardIterator=iterator(kinesis, name, shard))["Records"]

    times = [record["ApproximateArrivalTimestamp"] for record in records]
    assert times == sorted(times)
    assert all(abs(time - datetime.now(UTC)) < timedelta(hours=1) for time in times)


def test_a_partition_key_has_256_characters_and_not_bytes(
    kinesis: "KinesisClient", name: str
) -> None:
    """PutRecord, PartitionKey: Unicode strings of at most 256 characters."""
    make_stream(kinesis, name, 1)

    assert kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="é" * 256)["ShardId"]


def test_the_results_of_a_batch_are_in_its_order(kinesis: "KinesisClient", name: str) -> None:
    """PutRecords: the response has a result for each record, in the order of the request."""
    make_stream(kinesis, name, 4)
    keys = [f"key-{number}" for number in range(20)]
    expected = [
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey=key)["ShardId"] for key in keys
    ]

    answer = kinesis.put_records(
        StreamName=name, Records=[{"Data": b"x", "PartitionKey": key} for key in keys]
    )

    assert [result["ShardId"] for result in answer["Records"]] == expected
    assert answer["FailedRecordCount"] == 0


def test_a_batch_with_one_wrong_record_is_refused_whole(
    kinesis: "KinesisClient", name: str
) -> None:
    """PutRecords: one record that is not valid refuses the batch; nothing is stored."""
    (shard,) = make_stream(kinesis, name, 1)
    right: Any = {"Data": b"x", "PartitionKey": "k"}

    with pytest.raises(ClientError) as caught:
        kinesis.put_records(StreamName=name, Records=[right, right | {"ExplicitHashKey": "abc"}])

    assert error_code(caught) == "ValidationException"
    assert contents(kinesis, name, shard) == []


def test_an_explicit_hash_key_overrides_the_partition_key(
    kinesis: "KinesisClient", name: str
) -> None:
    """PutRecords, ExplicitHashKey, also for each record of a batch."""
    first, last = make_stream(kinesis, name, 2)
    ends = {first: "0", last: str(2**128 - 1)}

    answer = kinesis.put_records(
        StreamName=name,
        Records=[
            {"Data": b"x", "PartitionKey": "same", "ExplicitHashKey": key} for key in ends.values()
        ],
    )

    assert [result["ShardId"] for result in answer["Records"]] == [first, last]


def test_numbers_increase_with_sequence_number_for_ordering(
    kinesis: "KinesisClient", name: str
) -> None:
    """PutRecord, SequenceNumberForOrdering: that of the record before."""
    make_stream(kinesis, name, 1)
    before = kinesis.put_record(StreamName=name, Data=b"a", PartitionKey="k")["SequenceNumber"]

    after = kinesis.put_record(
        StreamName=name, Data=b"b", PartitionKey="k", SequenceNumberForOrdering=before
    )["SequenceNumber"]

    assert int(after) > int(before)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("abc", "ValidationException"),
        ("007", "ValidationException"),
        ("1" * 56, "InvalidArgumentException"),
    ],
)
def test_a_wrong_sequence_number_for_ordering_is_refused(
    kinesis: "KinesisClient", name: str, number: str, code: str
) -> None:
    """It has a pattern, and must be a number that Kinesis gave.

    Source: PutRecord, SequenceNumberForOrdering; kinesalite's tests, recorded on AWS.
    """
    make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as caught:
        kinesis.put_record(
            StreamName=name, Data=b"x", PartitionKey="k", SequenceNumberForOrdering=number
        )

    assert error_code(caught) == code


def test_a_dry_run_stores_nothing(kinesis: "KinesisClient", name: str) -> None:
    """PutRecord, DryRun: a request that would succeed is a DryRunOperationException."""
    (shard,) = make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as caught:
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k", DryRun=True)

    assert error_code(caught) == "DryRunOperationException"
    assert contents(kinesis, name, shard) == []
