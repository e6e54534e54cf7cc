"""A fault strikes, and counts, only requests that would have succeeded without it.

Otherwise student code could use it up with requests that AWS refuses, before it does its work.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from autograder.aws.calls import CallBudget
from autograder.aws.fault_kinds import STREAM_OPERATIONS, Fail, RejectRecords, Throttle
from autograder.aws.simulated import Cloud
from autograder.tests.aws.kinesis_requests import (
    SETTLED,
    THROTTLED,
    code_of,
    iterator_of,
    put,
    stored,
)

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient


def test_get_records_is_not_used_up_with_iterators_that_are_refused(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """They are invalid, expired, or of a missing shard or stream."""
    cloud.kinesis.create_stream("s", 1)
    cloud.kinesis.create_stream("gone", 1)
    expired, of_gone = iterator_of(kinesis, "s"), iterator_of(kinesis, "gone")
    cloud.faults.add(Throttle("GetRecords", times=1, stream="s"))
    kinesis.delete_stream(StreamName="gone")
    cloud.clock.advance(299)

    refused = [code_of(kinesis.get_records, ShardIterator=of_gone)]
    cloud.clock.advance(2)
    refused += [
        code_of(kinesis.get_records, ShardIterator=iterator) for iterator in ("bm9uZQ==", expired)
    ]
    codes = [
        code_of(kinesis.get_records, ShardIterator=iterator_of(kinesis, "s")) for _ in range(2)
    ]

    assert refused == [
        "ResourceNotFoundException",
        "InvalidArgumentException",
        "ExpiredIteratorException",
    ]
    assert codes == [THROTTLED, ""]


def test_a_throttled_request_names_its_shard(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """And its stream, as AWS does."""
    cloud.kinesis.create_stream("s", 3)
    last = "shardId-000000000002"
    iterator = iterator_of(kinesis, "s", last)
    hash_key = str(2**128 - 1)
    cloud.faults.add(Throttle("GetRecords", times=1))
    cloud.faults.add(Throttle("PutRecord", times=1))
    expected = f"Rate exceeded for shard {last} in stream s under account 123456789012."

    texts = []
    for request in (
        lambda: kinesis.get_records(ShardIterator=iterator),
        lambda: kinesis.put_record(
            StreamName="s", Data=b"x", PartitionKey="x", ExplicitHashKey=hash_key
        ),
    ):
        with pytest.raises(ClientError) as caught:
            request()
        texts.append(caught.value.response["Error"]["Message"])

    assert texts == [expected, expected]


def test_puts_are_not_used_up_with_records_that_are_refused(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """A single record that is too large or has an invalid hash key refuses the whole request."""
    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(Throttle("PutRecords", times=1))
    cloud.faults.add(Throttle("PutRecord", times=1))
    cloud.faults.add(RejectRecords(lambda record: record["Data"] == b"x", times_each=1))
    good: Any = {"Data": b"x", "PartitionKey": "k"}
    too_large = {"Data": bytes((1 << 20) + 1), "PartitionKey": "k"}
    no_shard = good | {"ExplicitHashKey": str(1 << 128)}

    refused = [
        code_of(kinesis.put_records, StreamName="s", Records=[good, bad])
        for bad in (too_large, no_shard)
    ]
    refused += [code_of(kinesis.put_record, StreamName="s", **no_shard)]
    batches = [code_of(kinesis.put_records, StreamName="s", Records=[good]) for _ in range(1)]
    singles = [put(kinesis, "s") for _ in range(3)]

    assert refused == [
        "ValidationException",
        "InvalidArgumentException",
        "InvalidArgumentException",
    ]
    assert batches == [THROTTLED]
    assert singles == [THROTTLED, THROTTLED, ""]


def test_a_stream_that_is_creating_uses_up_no_fault(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """It does not accept data yet, so nothing is counted."""
    cloud.kinesis.create_stream("s", 1, status="CREATING")
    cloud.faults.add(Throttle("PutRecord", times=1))

    early = [put(kinesis, "s") for _ in range(2)]
    cloud.clock.advance(SETTLED)
    codes = [put(kinesis, "s") for _ in range(2)]

    assert early == ["ResourceNotFoundException"] * 2
    assert codes == [THROTTLED, ""]


def test_receives_that_are_refused_use_up_no_fault(cloud: Cloud, sqs: "SQSClient") -> None:
    """They are for another or a missing queue, or have parameters out of range."""
    for queue in ("q", "scratch"):
        cloud.sqs.create_queue(queue)
        cloud.sqs.send(queue, "m")
    url, scratch = (sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in ("q", "scratch"))
    cloud.faults.add(Fail("ReceiveMessage", "ThrottlingException", "Slow down.", queue="q"))

    refused = [
        code_of(sqs.receive_message, QueueUrl=url, **bad)
        for bad in (
            {"MaxNumberOfMessages": 11},
            {"MaxNumberOfMessages": 0},
            {"WaitTimeSeconds": 21},
            {"VisibilityTimeout": 43_201},
        )
    ]
    refused.append(code_of(sqs.receive_message, QueueUrl=f"{url}-none"))
    on_scratch = code_of(sqs.receive_message, QueueUrl=scratch)
    codes = [code_of(sqs.receive_message, QueueUrl=url) for _ in range(2)]

    assert all(refused)
    assert on_scratch == ""
    assert codes == ["ThrottlingException", ""]


def test_a_struck_receive_hides_no_message(cloud: Cloud, sqs: "SQSClient") -> None:
    """A fault strikes before the request has any effect, a long poll's wait included."""
    cloud.sqs.create_queue("q")
    cloud.sqs.send("q", "m")
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    cloud.faults.add(Fail("ReceiveMessage", "ThrottlingException", "Slow down."))

    code = code_of(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)

    assert code == "ThrottlingException"
    assert (cloud.sqs.depth("q").visible, cloud.clock.offset) == (1, 0)


REQUESTS: dict[str, Callable[["KinesisClient", dict[str, Any]], Any]] = {
    "CreateStream": lambda kinesis, _: kinesis.create_stream(StreamName="new", ShardCount=1),
    "DeleteStream": lambda kinesis, _: kinesis.delete_stream(StreamName="s"),
    "DescribeStream": lambda kinesis, _: kinesis.describe_stream(StreamName="s"),
    "DescribeStreamSummary": lambda kinesis, _: kinesis.describe_stream_summary(StreamName="s"),
    "GetRecords": lambda kinesis, had: kinesis.get_records(ShardIterator=had["iterator"]),
    "GetShardIterator": lambda kinesis, _: iterator_of(kinesis, "s"),
    "ListShards": lambda kinesis, _: kinesis.list_shards(StreamName="s"),
    "MergeShards": lambda kinesis, had: kinesis.merge_shards(
        StreamName="s",
        ShardToMerge=had["shards"][0]["ShardId"],
        AdjacentShardToMerge=had["shards"][1]["ShardId"],
    ),
    "PutRecord": lambda kinesis, _: kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k"),
    "PutRecords": lambda kinesis, _: kinesis.put_records(
        StreamName="s", Records=[{"Data": b"x", "PartitionKey": "k"}]
    ),
    "SplitShard": lambda kinesis, _: kinesis.split_shard(
        StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey="7"
    ),
}


@pytest.mark.parametrize("operation", sorted(STREAM_OPERATIONS))
def test_a_struck_request_has_no_effect(
    cloud: Cloud, kinesis: "KinesisClient", operation: str
) -> None:
    """Every operation that can fail is refused once without an effect, and works the next time."""
    cloud.kinesis.create_stream("s", 2)
    had = {"iterator": iterator_of(kinesis, "s"), "shards": cloud.kinesis.shards("s")}
    target = "new" if operation == "CreateStream" else "s"
    cloud.faults.add(Fail(operation, "KMSThrottlingException", "Slow down.", stream=target))
    before = (cloud.kinesis.stream_names(), cloud.kinesis.status("s"), cloud.kinesis.shards("s"))

    codes = [code_of(lambda: REQUESTS[operation](kinesis, had))]
    after = (cloud.kinesis.stream_names(), cloud.kinesis.status("s"), cloud.kinesis.shards("s"))
    none_stored = stored(cloud, "s")
    codes.append(code_of(lambda: REQUESTS[operation](kinesis, had)))

    assert codes == ["KMSThrottlingException", ""]
    assert after == before
    assert none_stored == []


REFUSED: dict[str, dict[str, Any]] = {
    "CreateStream": {"StreamName": "s", "ShardCount": 1},
    "DeleteStream": {"StreamName": "none"},
    "DescribeStream": {"StreamName": "none"},
    "DescribeStreamSummary": {"StreamName": "none"},
    "GetShardIterator": {
        "StreamName": "s",
        "ShardId": "shardId-000000000000",
        "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        "StartingSequenceNumber": "7",
    },
    "ListShards": {"StreamName": "s", "NextToken": "none"},
    "MergeShards": {
        "StreamName": "s",
        "ShardToMerge": "shardId-000000000001",
        "AdjacentShardToMerge": "shardId-000000000000",
    },
    "SplitShard": {
        "StreamName": "s",
        "ShardToSplit": "shardId-000000000000",
        "NewStartingHashKey": "0",
    },
}


@pytest.mark.parametrize("operation", sorted(REFUSED))
def test_a_refused_request_uses_up_no_fault(
    cloud: Cloud, kinesis: "KinesisClient", operation: str
) -> None:
    """AWS's own error comes before any fault, whichever stream the fault is bound to."""
    cloud.kinesis.create_stream("s", 2)
    had = {"shards": cloud.kinesis.shards("s")}
    for stream in ("s", "new", "none"):
        cloud.faults.add(Fail(operation, "KMSThrottlingException", "Slow down.", stream=stream))
    method = "".join(
        f"_{letter.lower()}" if letter.isupper() else letter for letter in operation
    ).removeprefix("_")

    refused = code_of(getattr(kinesis, method), **REFUSED[operation])
    good = code_of(lambda: REQUESTS[operation](kinesis, had))

    assert refused not in ("", "KMSThrottlingException")
    assert good == "KMSThrottlingException"


def test_the_describe_call_that_ends_a_deletion_uses_up_no_fault(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """The third time that a DELETING stream is described, it is gone, as with AWS."""
    cloud.kinesis.create_stream("s", 1)
    kinesis.delete_stream(StreamName="s")
    cloud.faults.add(Throttle("DescribeStream", times=1, after=2))

    codes = [code_of(kinesis.describe_stream, StreamName="s") for _ in range(3)]

    assert codes == ["", "", "ResourceNotFoundException"]


def test_a_struck_describe_call_is_not_counted(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """A stream becomes ACTIVE at the third describe call that is answered."""
    cloud.kinesis.create_stream("s", 1, status="CREATING")
    cloud.faults.add(Throttle("DescribeStreamSummary", times=3))

    refused = [code_of(kinesis.describe_stream_summary, StreamName="s") for _ in range(3)]
    statuses = [
        kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamStatus"]
        for _ in range(3)
    ]

    assert refused == ["LimitExceededException"] * 3
    assert statuses == ["CREATING", "CREATING", "ACTIVE"]


def test_describe_calls_for_one_stream_do_not_count_for_another(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Each stream has a separate count until it becomes ACTIVE."""
    for stream in ("a", "b"):
        cloud.kinesis.create_stream(stream, 1, status="CREATING")

    for _ in range(5):
        kinesis.describe_stream(StreamName="a")

    assert (cloud.kinesis.status("a"), cloud.kinesis.status("b")) == ("ACTIVE", "CREATING")


def test_idle_reads_of_two_streams_are_counted_separately(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Shards of two streams have the same id, and are not the same shard."""
    exceeded: list[str] = []
    for stream in ("a", "b"):
        cloud.kinesis.create_stream(stream, 1)
    budget = CallBudget(api_calls=100, idle_reads=2, traffic_bytes=1 << 20)
    cloud.gate.begin_call(budget, exceeded.append)

    for _ in range(2):
        for stream in ("a", "b"):
            kinesis.get_records(ShardIterator=iterator_of(kinesis, stream))

    assert exceeded == []
