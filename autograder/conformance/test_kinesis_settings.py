"""Settings of streams: tags, retention, consumers, metrics, encryption and capacity.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon Kinesis Data Streams API Reference, the operations and errors that the docstrings name.
"""

import itertools
import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.kinesis_helpers import error_code, make_stream, wait_until_active

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


def make_stream_with_arn(kinesis: "KinesisClient", name: str, shards: int = 1) -> str:
    """Make a stream, wait for it, and return its ARN."""
    make_stream(kinesis, name, shards)
    return kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]


def open_shards(kinesis: "KinesisClient", name: str) -> list[tuple[int, int]]:
    """Return the hash ranges of a stream's open shards, in order."""
    shards = kinesis.list_shards(StreamName=name, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    ranges = [shard["HashKeyRange"] for shard in shards]
    return sorted((int(keys["StartingHashKey"]), int(keys["EndingHashKey"])) for keys in ranges)


def test_a_summary_counts_open_shards_and_consumers(kinesis: "KinesisClient", name: str) -> None:
    """DescribeStreamSummary: OpenShardCount and ConsumerCount."""
    arn = make_stream_with_arn(kinesis, name, 2)
    kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")
    kinesis.merge_shards(
        StreamName=name,
        ShardToMerge="shardId-000000000000",
        AdjacentShardToMerge="shardId-000000000001",
    )
    wait_until_active(kinesis, name)

    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]

    assert (summary["OpenShardCount"], summary["ConsumerCount"]) == (1, 1)


def test_a_new_stream_keeps_records_for_24_hours(kinesis: "KinesisClient", name: str) -> None:
    """DescribeStream: RetentionPeriodHours, EncryptionType and metrics have their defaults."""
    make_stream(kinesis, name, 1)

    described = kinesis.describe_stream(StreamName=name)["StreamDescription"]

    assert described["RetentionPeriodHours"] == 24
    assert described.get("EncryptionType", "NONE") == "NONE"
    assert described["EnhancedMonitoring"] == [{"ShardLevelMetrics": []}]


def test_tags_are_added_replaced_and_removed(kinesis: "KinesisClient", name: str) -> None:
    """AddTagsToStream overwrites tags of the same key; RemoveTagsFromStream removes by key."""
    make_stream(kinesis, name, 1)
    kinesis.add_tags_to_stream(StreamName=name, Tags={"a": "1", "b": "2"})
    kinesis.add_tags_to_stream(StreamName=name, Tags={"a": "3", "c": "4"})

    kinesis.remove_tags_from_stream(StreamName=name, TagKeys=["b", "never-was"])

    tags = kinesis.list_tags_for_stream(StreamName=name)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"a": "3", "c": "4"}


def test_a_stream_has_at_most_50_tags(kinesis: "KinesisClient", name: str) -> None:
    """AddTagsToStream: up to 50 tags; LimitExceededException or InvalidArgumentException."""
    make_stream(kinesis, name, 1)
    kinesis.add_tags_to_stream(StreamName=name, Tags={str(number): "" for number in range(50)})

    with pytest.raises(ClientError) as caught:
        kinesis.add_tags_to_stream(StreamName=name, Tags={"one": "too many"})

    assert error_code(caught) in ("LimitExceededException", "InvalidArgumentException")


def test_a_listing_of_tags_comes_in_pages(kinesis: "KinesisClient", name: str) -> None:
    """ListTagsForStream: Limit, ExclusiveStartTagKey and HasMoreTags."""
    make_stream(kinesis, name, 1)
    kinesis.add_tags_to_stream(StreamName=name, Tags={"a": "1", "b": "2", "c": "3"})

    first = kinesis.list_tags_for_stream(StreamName=name, Limit=2)
    rest = kinesis.list_tags_for_stream(StreamName=name, ExclusiveStartTagKey="b")

    assert ([tag["Key"] for tag in first["Tags"]], first["HasMoreTags"]) == (["a", "b"], True)
    assert ([tag["Key"] for tag in rest["Tags"]], rest["HasMoreTags"]) == (["c"], False)


def test_a_resource_is_tagged_by_its_arn(kinesis: "KinesisClient", name: str) -> None:
    """TagResource, ListTagsForResource and UntagResource; a stream's tags are the same ones."""
    arn = make_stream_with_arn(kinesis, name)

    kinesis.tag_resource(ResourceARN=arn, Tags={"a": "1", "b": "2"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["a"])

    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert kinesis.list_tags_for_stream(StreamName=name)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_a_consumer_has_its_own_tags(kinesis: "KinesisClient", name: str) -> None:
    """RegisterStreamConsumer, Tags; TagResource takes the ARN of a consumer."""
    arn = make_stream_with_arn(kinesis, name)
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c", Tags={"a": "1"})[
        "Consumer"
    ]["ConsumerARN"]

    kinesis.tag_resource(ResourceARN=consumer, Tags={"b": "2"})

    tags = kinesis.list_tags_for_resource(ResourceARN=consumer)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"a": "1", "b": "2"}
    assert kinesis.list_tags_for_stream(StreamName=name)["Tags"] == []


def test_a_retention_period_grows_and_shrinks(kinesis: "KinesisClient", name: str) -> None:
    """IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod."""
    make_stream(kinesis, name, 1)
    seen = []

    kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=8760)
    wait_until_active(kinesis, name)
    seen.append(kinesis.describe_stream(StreamName=name)["StreamDescription"])
    kinesis.decrease_stream_retention_period(StreamName=name, RetentionPeriodHours=24)
    wait_until_active(kinesis, name)
    seen.append(kinesis.describe_stream(StreamName=name)["StreamDescription"])

    assert [described["RetentionPeriodHours"] for described in seen] == [8760, 24]


@pytest.mark.parametrize(
    ("operation", "hours"),
    [("increase", 47), ("increase", 8761), ("decrease", 23), ("decrease", 49)],
)
def test_a_retention_period_has_bounds(
    kinesis: "KinesisClient", name: str, operation: str, hours: int
) -> None:
    """It has 24 to 8760 hours; it only grows, or only shrinks: InvalidArgumentException."""
    make_stream(kinesis, name, 1)
    kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=48)
    wait_until_active(kinesis, name)
    change = getattr(kinesis, f"{operation}_stream_retention_period")

    with pytest.raises(ClientError) as caught:
        change(StreamName=name, RetentionPeriodHours=hours)

    assert error_code(caught) == "InvalidArgumentException"


def test_a_consumer_becomes_active(kinesis: "KinesisClient", name: str) -> None:
    """RegisterStreamConsumer returns it as CREATING; it is ACTIVE some time later."""
    arn = make_stream_with_arn(kinesis, name)

    first = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]
    for _ in range(10_000):
        described = kinesis.describe_stream_consumer(ConsumerARN=first["ConsumerARN"])
        if described["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE":
            break

    assert first["ConsumerStatus"] == "CREATING"
    assert described["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"


def test_the_arn_of_a_consumer_ends_in_its_time(kinesis: "KinesisClient", name: str) -> None:
    """ConsumerARN: `STREAM-ARN/consumer/NAME:SECONDS`, when it was made.

    Source: RegisterStreamConsumer, the example, and the pattern of ConsumerARN.
    """
    arn = make_stream_with_arn(kinesis, name)

    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]

    start, _, seconds = consumer["ConsumerARN"].rpartition(":")
    assert start == f"{arn}/consumer/c"
    assert int(seconds) == int(consumer["ConsumerCreationTimestamp"].timestamp())


def test_a_consumer_is_registered_once(kinesis: "KinesisClient", name: str) -> None:
    """RegisterStreamConsumer, ConsumerName: unique in its stream; ResourceInUseException."""
    arn = make_stream_with_arn(kinesis, name)
    kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")

    with pytest.raises(ClientError) as caught:
        kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")

    assert error_code(caught) == "ResourceInUseException"


def test_a_consumer_that_is_not_there_is_not_found(kinesis: "KinesisClient", name: str) -> None:
    """DescribeStreamConsumer, ResourceNotFoundException."""
    arn = make_stream_with_arn(kinesis, name)

    with pytest.raises(ClientError) as caught:
        kinesis.describe_stream_consumer(StreamARN=arn, ConsumerName="never-was")

    assert error_code(caught) == "ResourceNotFoundException"


def test_a_listing_of_consumers_comes_in_pages(kinesis: "KinesisClient", name: str) -> None:
    """ListStreamConsumers: MaxResults and NextToken."""
    arn = make_stream_with_arn(kinesis, name)
    for consumer in ("a", "b", "c"):
        kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=consumer)

    first = kinesis.list_stream_consumers(StreamARN=arn, MaxResults=2)
    rest = kinesis.list_stream_consumers(StreamARN=arn, NextToken=first["NextToken"])

    pages = [[consumer["ConsumerName"] for consumer in page["Consumers"]] for page in (first, rest)]
    assert [len(page) for page in pages] == [2, 1]
    assert sorted(pages[0] + pages[1]) == ["a", "b", "c"]
    assert "NextToken" not in rest


def test_at_most_five_consumers_are_creating(kinesis: "KinesisClient", name: str) -> None:
    """RegisterStreamConsumer: a sixth while five are CREATING is a LimitExceededException."""
    arn = make_stream_with_arn(kinesis, name)
    for number in range(5):
        kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=f"c{number}")

    with pytest.raises(ClientError) as caught:
        kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c5")

    assert error_code(caught) == "LimitExceededException"


def test_metrics_of_shards_are_enabled_and_disabled(kinesis: "KinesisClient", name: str) -> None:
    """EnableEnhancedMonitoring and DisableEnhancedMonitoring: metrics before and after."""
    make_stream(kinesis, name, 1)

    enabled = kinesis.enable_enhanced_monitoring(
        StreamName=name, ShardLevelMetrics=["IncomingBytes", "OutgoingBytes"]
    )
    wait_until_active(kinesis, name)
    disabled = kinesis.disable_enhanced_monitoring(
        StreamName=name, ShardLevelMetrics=["IncomingBytes"]
    )

    assert enabled["CurrentShardLevelMetrics"] == []
    assert sorted(enabled["DesiredShardLevelMetrics"]) == ["IncomingBytes", "OutgoingBytes"]
    assert sorted(disabled["CurrentShardLevelMetrics"]) == ["IncomingBytes", "OutgoingBytes"]
    assert disabled["DesiredShardLevelMetrics"] == ["OutgoingBytes"]


def test_a_stream_is_encrypted_and_decrypted(kinesis: "KinesisClient", name: str) -> None:
    """StartStreamEncryption and StopStreamEncryption; records can be written meanwhile."""
    make_stream(kinesis, name, 1)
    seen = []

    kinesis.start_stream_encryption(
        StreamName=name, EncryptionType="KMS", KeyId="alias/aws/kinesis"
    )
    wait_until_active(kinesis, name)
    seen.append(kinesis.describe_stream(StreamName=name)["StreamDescription"])
    kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")
    kinesis.stop_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId="alias/aws/kinesis")
    wait_until_active(kinesis, name)
    seen.append(kinesis.describe_stream(StreamName=name)["StreamDescription"])

    assert [described["EncryptionType"] for described in seen] == ["KMS", "NONE"]


@pytest.mark.parametrize("target", [2, 3, 6, 8])
def test_the_shard_count_is_updated(kinesis: "KinesisClient", name: str, target: int) -> None:
    """UpdateShardCount: as many open shards as asked for, which cover all hash keys once."""
    make_stream(kinesis, name, 4)

    answer = kinesis.update_shard_count(
        StreamName=name, TargetShardCount=target, ScalingType="UNIFORM_SCALING"
    )
    wait_until_active(kinesis, name)

    ranges = open_shards(kinesis, name)
    assert (answer["CurrentShardCount"], answer["TargetShardCount"]) == (4, target)
    assert len(ranges) == target
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 2**128 - 1
    assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(ranges))


@pytest.mark.parametrize("target", [1, 9])
def test_the_shard_count_at_most_doubles_or_halves(
    kinesis: "KinesisClient", name: str, target: int
) -> None:
    """UpdateShardCount, default limits: LimitExceededException."""
    make_stream(kinesis, name, 4)

    with pytest.raises(ClientError) as caught:
        kinesis.update_shard_count(
            StreamName=name, TargetShardCount=target, ScalingType="UNIFORM_SCALING"
        )

    assert error_code(caught) == "LimitExceededException"


def test_a_stream_on_demand_begins_with_four_shards(kinesis: "KinesisClient", name: str) -> None:
    """CreateStream, StreamModeDetails: ON_DEMAND needs no ShardCount.

    Source: Developer Guide, "On-demand mode features and use cases".
    """
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    wait_until_active(kinesis, name)

    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]

    assert summary["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert summary["OpenShardCount"] == 4


def test_the_mode_of_a_stream_is_updated(kinesis: "KinesisClient", name: str) -> None:
    """UpdateStreamMode: from PROVISIONED, which is the default, to ON_DEMAND."""
    arn = make_stream_with_arn(kinesis, name)
    before = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]

    kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    wait_until_active(kinesis, name)

    after = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    assert before["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
    assert after["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}


def test_a_stream_has_a_resource_policy(kinesis: "KinesisClient", name: str) -> None:
    """PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy."""
    arn = make_stream_with_arn(kinesis, name)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "123456789012"},
        "Action": ["kinesis:DescribeStreamSummary"],
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    kinesis.put_resource_policy(ResourceARN=arn, Policy=policy)
    put = kinesis.get_resource_policy(ResourceARN=arn)["Policy"]
    kinesis.delete_resource_policy(ResourceARN=arn)

    assert put == policy
