"""Capacity of streams: modes, shard counts, and what an account may have.

Source: Amazon Kinesis Data Streams API Reference, the operations that the docstrings name.
"""

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.kinesis_helpers import error_code, make_stream, wait_until_active

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient

FIRST, SECOND = "shardId-000000000000", "shardId-000000000001"


def scale(kinesis: "KinesisClient", name: str, count: int) -> None:
    """Change the number of shards, and wait."""
    kinesis.update_shard_count(
        StreamName=name, TargetShardCount=count, ScalingType="UNIFORM_SCALING"
    )
    wait_until_active(kinesis, name)


def starts(kinesis: "KinesisClient", name: str) -> list[int]:
    """Return the first hash keys of a stream's open shards."""
    shards = kinesis.list_shards(StreamName=name, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    return sorted(int(shard["HashKeyRange"]["StartingHashKey"]) for shard in shards)


@pytest.mark.parametrize("count", [2, 3, 5, 6, 7, 8])
def test_scaled_shards_are_of_the_same_size(
    kinesis: "KinesisClient", name: str, count: int
) -> None:
    """UpdateShardCount, ScalingType: UNIFORM_SCALING creates shards of equal size."""
    make_stream(kinesis, name, 4)

    scale(kinesis, name, count)

    size = 2**128 // count
    assert starts(kinesis, name) == pytest.approx(
        [number * size for number in range(count)], rel=0, abs=2**70
    )


def test_uneven_shards_are_scaled_to_the_same_size(kinesis: "KinesisClient", name: str) -> None:
    """Whatever was split by hand before; closed shards keep their records."""
    make_stream(kinesis, name, 1)
    kinesis.put_record(StreamName=name, Data=b"before", PartitionKey="k")
    for shard_id, key in ((FIRST, "5"), ("shardId-000000000002", str(2**127 + 1))):
        kinesis.split_shard(StreamName=name, ShardToSplit=shard_id, NewStartingHashKey=key)
        wait_until_active(kinesis, name)

    scale(kinesis, name, 2)

    assert starts(kinesis, name) == pytest.approx([0, 2**127], rel=0, abs=2**70)
    start = kinesis.get_shard_iterator(
        StreamName=name, ShardId=FIRST, ShardIteratorType="TRIM_HORIZON"
    )
    page = kinesis.get_records(ShardIterator=start["ShardIterator"])
    assert [record["Data"] for record in page["Records"]] == [b"before"]


def test_a_stream_is_scaled_ten_times_a_day(kinesis: "KinesisClient", name: str) -> None:
    """UpdateShardCount, default limits: ten times in 24 hours for each stream."""
    make_stream(kinesis, name, 1)
    for number in range(10):
        scale(kinesis, name, 2 - number % 2)

    with pytest.raises(ClientError) as caught:
        scale(kinesis, name, 2)

    assert error_code(caught) == "LimitExceededException"


def test_a_stream_on_demand_is_not_resharded(kinesis: "KinesisClient", name: str) -> None:
    """SplitShard, MergeShards and UpdateShardCount are for provisioned streams."""
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    wait_until_active(kinesis, name)
    codes = []

    for change in (
        lambda: kinesis.split_shard(StreamName=name, ShardToSplit=FIRST, NewStartingHashKey="99"),
        lambda: kinesis.merge_shards(
            StreamName=name, ShardToMerge=FIRST, AdjacentShardToMerge=SECOND
        ),
        lambda: scale(kinesis, name, 8),
    ):
        with pytest.raises(ClientError) as caught:
            change()
        codes.append(error_code(caught))

    assert codes == ["ValidationException"] * 3


def test_the_limits_of_an_account_count_streams_on_demand(
    kinesis: "KinesisClient", name: str
) -> None:
    """DescribeLimits, OnDemandStreamCount."""
    before = kinesis.describe_limits()["OnDemandStreamCount"]

    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    wait_until_active(kinesis, name)

    assert kinesis.describe_limits()["OnDemandStreamCount"] == before + 1


def test_a_provisioned_stream_needs_a_count(kinesis: "KinesisClient", name: str) -> None:
    """CreateStream: "you must specify the number of shards" with the mode PROVISIONED."""
    with pytest.raises(ClientError):
        kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "PROVISIONED"})

    assert name not in kinesis.list_streams()["StreamNames"]


def test_at_most_five_streams_are_creating(kinesis: "KinesisClient", name: str) -> None:
    """CreateStream, LimitExceededException; once one is ACTIVE, another may be made."""
    for number in range(5):
        kinesis.create_stream(StreamName=f"{name}-{number}", ShardCount=1)

    with pytest.raises(ClientError) as caught:
        kinesis.create_stream(StreamName=name, ShardCount=1)
    wait_until_active(kinesis, f"{name}-0")
    kinesis.create_stream(StreamName=name, ShardCount=1)

    assert error_code(caught) == "LimitExceededException"


def test_all_metrics_are_named(kinesis: "KinesisClient", name: str) -> None:
    """EnableEnhancedMonitoring: "The value ALL enables every metric"."""
    make_stream(kinesis, name, 1)

    kinesis.enable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["ALL"])
    wait_until_active(kinesis, name)
    kinesis.disable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=["OutgoingBytes"])
    wait_until_active(kinesis, name)

    described = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    assert sorted(described["EnhancedMonitoring"][0]["ShardLevelMetrics"]) == [
        "IncomingBytes",
        "IncomingRecords",
        "IteratorAgeMilliseconds",
        "OutgoingRecords",
        "ReadProvisionedThroughputExceeded",
        "WriteProvisionedThroughputExceeded",
    ]


def test_records_say_that_they_are_encrypted(kinesis: "KinesisClient", name: str) -> None:
    """PutRecord, PutRecords and Record: EncryptionType."""
    make_stream(kinesis, name, 1)
    kinesis.put_record(StreamName=name, Data=b"plain", PartitionKey="k")
    kinesis.start_stream_encryption(
        StreamName=name, EncryptionType="KMS", KeyId="alias/aws/kinesis"
    )
    wait_until_active(kinesis, name)

    single = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")
    batch = kinesis.put_records(StreamName=name, Records=[{"Data": b"y", "PartitionKey": "k"}])
    start = kinesis.get_shard_iterator(
        StreamName=name, ShardId=FIRST, ShardIteratorType="TRIM_HORIZON"
    )
    records = kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]

    assert (single.get("EncryptionType"), batch.get("EncryptionType")) == ("KMS", "KMS")
    assert [record.get("EncryptionType", "NONE") for record in records] == ["NONE", "KMS", "KMS"]


def test_the_keys_of_tags_are_not_those_of_aws(kinesis: "KinesisClient", name: str) -> None:
    """Developer Guide, "Tag restrictions": keys cannot begin with `aws:`."""
    make_stream(kinesis, name, 1)

    with pytest.raises(ClientError) as caught:
        kinesis.add_tags_to_stream(StreamName=name, Tags={"aws:x": "1"})

    assert error_code(caught) == "InvalidArgumentException"
    assert kinesis.list_tags_for_stream(StreamName=name)["Tags"] == []


def test_the_limit_of_an_account_is_that_of_create_stream(
    kinesis: "KinesisClient", name: str
) -> None:
    """DescribeLimits, ShardLimit: CreateStream refuses one shard more."""
    most = kinesis.describe_limits()["ShardLimit"]

    with pytest.raises(ClientError) as caught:
        kinesis.create_stream(StreamName=name, ShardCount=most + 1)

    assert error_code(caught) == "LimitExceededException"
