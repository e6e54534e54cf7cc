"""Faults strike on what they are bound to, and only requests that would have succeeded.

Otherwise student code could use them up before it does its work: on another stream, or with
requests that AWS refuses.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from autograder.aws import (
    CallBudget,
    Cloud,
    EmptyPages,
    Fail,
    LateRecord,
    PageSize,
    ReceiveSize,
    RejectRecords,
    ShardPageSize,
    Throttle,
)
from autograder.aws.faults import LARGEST_CHOSEN, STREAM_OPERATIONS, Fault

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient

SETTLED = 60
"""Virtual seconds after which a stream has come or gone."""

THROTTLED = "ProvisionedThroughputExceededException"


def code_of(request: Callable[..., Any], **parameters: Any) -> str:
    """Send a request; return AWS's error code, or "" where it succeeds."""
    try:
        request(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def put(kinesis: "KinesisClient", stream: str, data: bytes = b"x") -> str:
    """Put one record; return the error code."""
    return code_of(kinesis.put_record, StreamName=stream, Data=data, PartitionKey="k")


def iterator_of(kinesis: "KinesisClient", stream: str) -> str:
    """Take an iterator at the oldest record of the first shard."""
    return kinesis.get_shard_iterator(
        StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]


def stored(cloud: Cloud, stream: str) -> list[bytes]:
    """List the data that a stream holds."""
    return [record.data for records in cloud.kinesis.records(stream).values() for record in records]


# Targets


@pytest.mark.parametrize("operation", ["PutRecord", "PutRecords"])
def test_a_throttle_is_not_used_up_on_another_stream(
    cloud: Cloud, kinesis: "KinesisClient", operation: str
) -> None:
    """Requests to a scratch stream pass, and are not counted."""
    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(Throttle(operation, times=2, after=1))
    kinesis.create_stream(StreamName="scratch", ShardCount=1)
    cloud.clock.advance(SETTLED)

    def send(stream: str) -> str:
        if operation == "PutRecord":
            return put(kinesis, stream)
        records = [{"Data": b"x", "PartitionKey": "k"}]
        return code_of(kinesis.put_records, StreamName=stream, Records=records)

    on_scratch = [send("scratch") for _ in range(5)]
    on_target = [send("s") for _ in range(4)]

    assert on_scratch == [""] * 5
    assert on_target == ["", THROTTLED, THROTTLED, ""]


def test_throttled_reads_are_not_used_up_on_another_stream(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """The iterator tells which stream a GetRecords reads."""
    for stream in ("s", "scratch"):
        cloud.kinesis.create_stream(stream, 1)
    cloud.faults.add(Throttle("GetRecords", times=1, after=1, stream="s"))

    codes = {
        stream: [
            code_of(kinesis.get_records, ShardIterator=iterator_of(kinesis, stream))
            for _ in range(3)
        ]
        for stream in ("scratch", "s")
    }

    assert codes == {"scratch": ["", "", ""], "s": ["", THROTTLED, ""]}


def test_each_throttle_counts_on_its_own_stream(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """Requests to two streams that take turns are counted apart, by name as by ARN."""
    for stream in ("a", "b"):
        cloud.kinesis.create_stream(stream, 1)
    cloud.faults.add(Throttle("PutRecord", times=1, after=1, stream="a"))
    cloud.faults.add(Throttle("PutRecord", times=2, stream="b"))
    arn = kinesis.describe_stream_summary(StreamName="a")["StreamDescriptionSummary"]["StreamARN"]

    codes = [
        (
            code_of(kinesis.put_record, StreamARN=arn, Data=b"x", PartitionKey="k"),
            put(kinesis, "b"),
        )
        for _ in range(3)
    ]

    assert codes == [("", THROTTLED), (THROTTLED, THROTTLED), ("", "")]


def test_the_same_content_is_counted_per_stream(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """A record that was rejected on one stream is still to be rejected on another."""
    for stream in ("a", "b"):
        cloud.kinesis.create_stream(stream, 1)
        cloud.faults.add(RejectRecords(lambda _: True, times_each=2, stream=stream))
    kinesis.create_stream(StreamName="scratch", ShardCount=1)
    cloud.clock.advance(SETTLED)

    codes = {stream: [put(kinesis, stream) for _ in range(3)] for stream in ("scratch", "a", "b")}

    assert codes == {
        "scratch": ["", "", ""],
        "a": [THROTTLED, THROTTLED, ""],
        "b": [THROTTLED, THROTTLED, ""],
    }


def test_a_record_that_is_made_anew_for_each_attempt_is_still_the_same(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """A writer may give an event a new timestamp before it tries again."""
    cloud.kinesis.create_stream("s", 1)
    by_first_byte = RejectRecords(
        lambda _: True, times_each=2, identity=lambda record: record["Data"][:1]
    )
    cloud.faults.add(by_first_byte)

    codes = [put(kinesis, "s", data) for data in (b"a1", b"a2", b"b1", b"a3")]

    assert codes == [THROTTLED, THROTTLED, THROTTLED, ""]


def test_a_stream_made_anew_meets_its_faults_from_the_beginning(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Deleting the stream of the test and making it again does not leave the faults behind."""
    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(Throttle("PutRecord", times=1))
    cloud.faults.add(RejectRecords(lambda _: True))
    used_up = [put(kinesis, "s") for _ in range(3)]

    kinesis.delete_stream(StreamName="s")
    cloud.clock.advance(SETTLED)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(SETTLED)
    again = [put(kinesis, "s") for _ in range(3)]

    assert used_up == again == [THROTTLED, THROTTLED, ""]


def test_pages_are_cut_on_their_own_stream_only(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """Pages of records, empty pages and pages of shards."""
    for stream in ("a", "b"):
        cloud.kinesis.create_stream(stream, 3)
        for number in range(6):
            cloud.kinesis.put_in_shard(stream, "shardId-000000000000", b"%d" % number, "k")
    cloud.faults.add(PageSize(2, stream="a"))
    cloud.faults.add(EmptyPages("shardId-000000000000", before_record=0, pages=1, stream="b"))
    cloud.faults.add(ShardPageSize(1, stream="b"))

    records = [
        len(kinesis.get_records(ShardIterator=iterator_of(kinesis, stream))["Records"])
        for stream in ("a", "b")
    ]
    shards = [len(kinesis.list_shards(StreamName=stream)["Shards"]) for stream in ("a", "b")]

    assert records == [2, 0]
    assert shards == [3, 1]


def test_a_receive_is_cut_on_its_own_queue_only(cloud: Cloud, sqs: "SQSClient") -> None:
    """Another queue hands out what is asked."""
    for queue in ("a", "b"):
        cloud.sqs.create_queue(queue)
        for number in range(5):
            cloud.sqs.send(queue, str(number))
    cloud.faults.add(ReceiveSize(2, queue="a"))

    sizes = [
        len(
            sqs.receive_message(
                QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MaxNumberOfMessages=10
            )["Messages"]
        )
        for queue in ("a", "b")
    ]

    assert sizes == [2, 5]


# Only requests that would have succeeded


def test_get_records_is_not_used_up_with_iterators_that_are_refused(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Be they invalid, expired, or of a shard or stream that is not there."""
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


def test_puts_are_not_used_up_with_records_that_are_refused(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """One record too large, or with an invalid hash key, and the whole request counts for none."""
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
    """Data can't be put into it yet, so nothing is counted."""
    cloud.kinesis.create_stream("s", 1, status="CREATING")
    cloud.faults.add(Throttle("PutRecord", times=1))

    early = [put(kinesis, "s") for _ in range(2)]
    cloud.clock.advance(SETTLED)
    codes = [put(kinesis, "s") for _ in range(2)]

    assert early == ["ResourceNotFoundException"] * 2
    assert codes == [THROTTLED, ""]


def test_receives_that_are_refused_use_up_no_fault(cloud: Cloud, sqs: "SQSClient") -> None:
    """Of another queue, of one that is not there, or with parameters out of bounds."""
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
    """Every operation that can fail: refused once without a trace, done the next time."""
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


def test_a_look_that_finds_a_deleted_stream_gone_uses_up_no_fault(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """The third look at a stream that is DELETING ends it, and is answered as AWS does."""
    cloud.kinesis.create_stream("s", 1)
    kinesis.delete_stream(StreamName="s")
    cloud.faults.add(Throttle("DescribeStream", times=1, after=2))

    codes = [code_of(kinesis.describe_stream, StreamName="s") for _ in range(3)]

    assert codes == ["", "", "ResourceNotFoundException"]


def test_a_struck_look_is_not_counted(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """A stream that becomes ACTIVE at the third look does so at the third that is answered."""
    cloud.kinesis.create_stream("s", 1, status="CREATING")
    cloud.faults.add(Throttle("DescribeStreamSummary", times=3))

    refused = [code_of(kinesis.describe_stream_summary, StreamName="s") for _ in range(3)]
    statuses = [
        kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamStatus"]
        for _ in range(3)
    ]

    assert refused == ["LimitExceededException"] * 3
    assert statuses == ["CREATING", "CREATING", "ACTIVE"]


def test_looks_at_one_stream_do_not_count_for_another(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Each stream takes its own looks to become ACTIVE."""
    for stream in ("a", "b"):
        cloud.kinesis.create_stream(stream, 1, status="CREATING")

    for _ in range(5):
        kinesis.describe_stream(StreamName="a")

    assert (cloud.kinesis.status("a"), cloud.kinesis.status("b")) == ("ACTIVE", "CREATING")


def test_idle_reads_of_two_streams_are_counted_apart(
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


# The order


def test_a_later_throttle_counts_only_what_earlier_ones_let_through(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """In the order in which they were added."""
    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(Throttle("PutRecord", times=2))
    cloud.faults.add(Fail("PutRecord", "KMSThrottlingException", "Slow down.", times=1, after=1))

    codes = [put(kinesis, "s") for _ in range(5)]

    assert codes == [THROTTLED, THROTTLED, "", "KMSThrottlingException", ""]


def test_a_record_is_rejected_only_in_a_request_that_no_fault_refuses(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Whichever was added first: the failures of requests come before those of records."""
    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(RejectRecords(lambda _: True, times_each=1))
    cloud.faults.add(Fail("PutRecord", "KMSThrottlingException", "Slow down."))

    codes = [put(kinesis, "s") for _ in range(3)]

    assert codes == ["KMSThrottlingException", THROTTLED, ""]
    assert stored(cloud, "s") == [b"x"]


def test_two_rejections_follow_each_other(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """The second counts a record only when the first lets it through."""
    cloud.kinesis.create_stream("s", 1)
    for _ in range(2):
        cloud.faults.add(RejectRecords(lambda _: True, times_each=1))

    codes = [put(kinesis, "s") for _ in range(3)]

    assert codes == [THROTTLED, THROTTLED, ""]


def test_a_shard_that_is_over_its_rate_uses_up_no_rejection() -> None:
    """A record that the shard's own limit refuses is not shown to any fault."""
    seen: list[str] = []

    def choose(record: dict[str, Any]) -> bool:
        seen.append(record["PartitionKey"])
        return False

    with Cloud(throughput_limits=True) as cloud:
        cloud.kinesis.create_stream("s", 1)
        cloud.faults.add(RejectRecords(choose))
        batch = [{"Data": "eA==", "PartitionKey": str(number)} for number in range(500)]
        failed = [
            cloud.gate.kinesis.answer("PutRecords", {"StreamName": "s", "Records": batch})[
                "FailedRecordCount"
            ]
            for _ in range(8)
        ]
        taken = stored(cloud, "s")

    assert sum(failed) > 0
    assert len(seen) == len(taken)


# What `choose` sees


def test_a_record_that_is_too_large_is_not_shown_to_choose(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """It is taken; up to the bound a record is shown whole."""
    seen: list[int] = []

    def choose(record: dict[str, Any]) -> bool:
        seen.append(len(record["Data"]))
        return True

    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(RejectRecords(choose))

    codes = [put(kinesis, "s", bytes(LARGEST_CHOSEN + more)) for more in (0, 1, 1 << 19)]

    assert codes == [THROTTLED, "", ""]
    assert seen == [LARGEST_CHOSEN]


@pytest.mark.parametrize("error", [RecursionError, MemoryError, KeyError, AssertionError])
def test_a_record_that_choose_fails_on_is_taken(
    cloud: Cloud, kinesis: "KinesisClient", error: type[Exception]
) -> None:
    """If a student's data makes it raise, the simulated AWS has not failed."""

    def choose(_: dict[str, Any]) -> bool:
        raise error

    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(RejectRecords(choose))

    code = put(kinesis, "s")

    assert code == ""
    assert [call.internal_error for call in cloud.calls.all()] == [None]


# Binding


@pytest.mark.parametrize(
    "fault",
    [
        Fail("GetRecords", "ExpiredIteratorException"),
        Throttle("PutRecord", times=1),
        RejectRecords(lambda _: True),
        EmptyPages("shardId-000000000000", before_record=0, pages=1),
        PageSize(1),
        ShardPageSize(1),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_without_a_stream_needs_exactly_one(cloud: Cloud, fault: Fault) -> None:
    """With none or several that the test made, the error says what to write."""
    cloud.sqs.create_queue("q")
    with pytest.raises(ValueError, match=r"name of its stream, as stream=\.\.\.: .* none so far"):
        cloud.faults.add(fault)

    cloud.kinesis.create_stream("a", 1)
    cloud.faults.add(fault)

    cloud.kinesis.create_stream("b", 1)
    with pytest.raises(ValueError, match=r"name of its stream, as stream=\.\.\.: .* made 2"):
        cloud.faults.add(fault)


@pytest.mark.parametrize("fault", [ReceiveSize(1), Fail("ReceiveMessage", "ThrottlingException")])
def test_a_fault_without_a_queue_needs_exactly_one(cloud: Cloud, fault: Fault) -> None:
    """Streams do not count for it."""
    cloud.kinesis.create_stream("s", 1)
    with pytest.raises(ValueError, match=r"name of its queue, as queue=\.\.\.: .* none so far"):
        cloud.faults.add(fault)

    cloud.sqs.create_queue("a")
    cloud.faults.add(fault)

    cloud.sqs.create_queue("b")
    with pytest.raises(ValueError, match=r"name of its queue, as queue=\.\.\.: .* made 2"):
        cloud.faults.add(fault)


def test_streams_of_the_student_do_not_count_for_the_default(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Whatever student code makes or deletes, a fault is bound to the test's own stream."""
    cloud.kinesis.create_stream("s", 1)
    kinesis.create_stream(StreamName="scratch", ShardCount=1)
    kinesis.delete_stream(StreamName="s")

    cloud.faults.add(Throttle("DescribeStream", times=1))

    assert code_of(kinesis.describe_stream, StreamName="scratch") == ""
    assert code_of(kinesis.describe_stream, StreamName="s") == "LimitExceededException"


def test_a_reset_forgets_what_was_arranged(cloud: Cloud) -> None:
    """The next test's stream is the only one again."""
    cloud.kinesis.create_stream("a", 1)
    cloud.reset()
    cloud.kinesis.create_stream("b", 1)

    cloud.faults.add(PageSize(1))


@pytest.mark.parametrize(
    "operation", ["ListStreams", "AddTagsToStream", "PutRecrod", "SendMessage"]
)
def test_an_operation_that_cannot_be_made_to_fail_is_an_error(operation: str) -> None:
    """It has no stream, is moto's to check, or does not exist."""
    with pytest.raises(ValueError, match=f"no fault can be scripted for {operation}"):
        Fail(operation, "InternalFailure")


@pytest.mark.parametrize(
    ("operation", "target"),
    [("PutRecord", {"queue": "q"}), ("ReceiveMessage", {"stream": "s"})],
)
def test_a_target_of_the_wrong_service_is_an_error(operation: str, target: dict[str, str]) -> None:
    """An operation on a stream names no queue, and the other way round."""
    with pytest.raises(ValueError, match=f"{operation} is not an operation on"):
        Fail(operation, "InternalFailure", **target)  # type: ignore[arg-type]


def test_a_late_record_arrives_once_with_the_second_reading(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """The log grows between two readings; readings of other streams do not count."""
    for stream in ("log", "other"):
        cloud.kinesis.create_stream(stream, 1)
    cloud.faults.add(LateRecord("shardId-000000000000", b"late", "k", stream="log"))

    held = []
    for stream in ("other", "other", "log", "log", "log"):
        iterator_of(kinesis, stream)
        held.append(stored(cloud, stream))

    assert held == [[], [], [], [b"late"], [b"late"]]
