"""A fault strikes only on the stream or queue that it is bound to."""

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from autograder.aws.fault_kinds import (
    LARGEST_CHOSEN,
    EmptyPages,
    Fail,
    Fault,
    LateRecord,
    PageSize,
    ReceiveSize,
    RejectRecords,
    ShardPageSize,
    Throttle,
)
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


def test_throttled_reads_are_not_used_up_on_another_shard(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """A throttle of one shard does not count requests to the others."""
    cloud.kinesis.create_stream("s", 2)
    first, second = (shard["ShardId"] for shard in cloud.kinesis.shards("s"))
    cloud.faults.add(Throttle("GetRecords", times=2, shard=second))

    codes = {
        shard_id: [
            code_of(kinesis.get_records, ShardIterator=iterator_of(kinesis, "s", shard_id))
            for _ in range(3)
        ]
        for shard_id in (first, second)
    }

    assert codes == {first: ["", "", ""], second: [THROTTLED, THROTTLED, ""]}


@pytest.mark.parametrize("operation", ["PutRecord", "PutRecords"])
def test_a_throttle_is_not_used_up_by_records_that_it_is_not_about(
    cloud: Cloud, kinesis: "KinesisClient", operation: str
) -> None:
    """Requests without a chosen record pass and are not counted; one chosen record is enough."""
    cloud.kinesis.create_stream("s", 1)

    def is_event(record: dict[str, Any]) -> bool:
        data: bytes = record["Data"]
        return data.index(b"event") == 0  # raises for junk

    cloud.faults.add(Throttle(operation, times=2, choose=is_event))

    def send(*data: bytes) -> str:
        if operation == "PutRecord":
            return put(kinesis, "s", data[-1])
        records = [{"Data": part, "PartitionKey": "k"} for part in data]
        return code_of(kinesis.put_records, StreamName="s", Records=records)

    junk = [send(b"junk", bytes(LARGEST_CHOSEN + 1)) for _ in range(3)]
    events = [send(b"junk", b"event") for _ in range(3)]

    assert junk == ["", "", ""]
    assert events == [THROTTLED, THROTTLED, ""]


@pytest.mark.parametrize(
    ("operation", "narrowing"),
    [("PutRecord", {"shard": "shardId-0"}), ("GetRecords", {"choose": lambda _: True})],
)
def test_a_fault_that_could_never_strike_is_refused(
    operation: str, narrowing: dict[str, Any]
) -> None:
    """Only reads are about one shard, and only puts carry records."""
    with pytest.raises(ValueError, match=operation):
        Throttle(operation, times=1, **narrowing)


def test_empty_pages_of_every_shard_come_in_each(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """A fault that names no shard is one of all shards."""
    cloud.kinesis.create_stream("s", 2)
    shard_ids = [shard["ShardId"] for shard in cloud.kinesis.shards("s")]
    for shard_id in shard_ids:
        cloud.kinesis.put_in_shard("s", shard_id, b"x", "k")
    cloud.faults.add(EmptyPages(None, before_record=0, pages=1))

    pages = [
        kinesis.get_records(ShardIterator=iterator_of(kinesis, "s", shard_id))["Records"]
        for shard_id in shard_ids
    ]

    assert pages == [[], []]


def test_an_iterator_that_a_client_made_up_is_refused(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """It could leave out empty pages that are to come."""
    cloud.kinesis.create_stream("s", 1)
    given = json.loads(base64.b64decode(iterator_of(kinesis, "s")))
    forged = base64.b64encode(json.dumps([*given[:4], 9]).encode()).decode()

    codes = [
        code_of(kinesis.get_records, ShardIterator=token)
        for token in (forged, iterator_of(kinesis, "s"))
    ]

    assert codes == ["InvalidArgumentException", ""]


def test_each_throttle_counts_on_its_own_stream(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """Alternating requests to two streams are counted separately, by name and by ARN."""
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
    """A record that was rejected on one stream is rejected on another stream, too."""
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


def test_a_record_that_is_rebuilt_for_each_attempt_counts_as_the_same(
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


def test_the_faults_of_a_stream_start_again_when_it_is_recreated(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Deleting and recreating the test's stream does not remove its faults."""
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
    """This covers pages of records, empty pages and pages of shards."""
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
    """Another queue returns as many messages as requested."""
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
    """If the test made no stream or several, the error says what to write."""
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
    """Streams do not count as queues."""
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
    """So the next test has a single stream again."""
    cloud.kinesis.create_stream("a", 1)
    cloud.reset()
    cloud.kinesis.create_stream("b", 1)

    cloud.faults.add(PageSize(1))


@pytest.mark.parametrize(
    "operation", ["ListStreams", "AddTagsToStream", "PutRecrod", "SendMessage"]
)
def test_an_operation_that_cannot_be_made_to_fail_is_an_error(operation: str) -> None:
    """It is not about a stream, is checked by moto, or does not exist."""
    with pytest.raises(ValueError, match=f"no fault can be scripted for {operation}"):
        Fail(operation, "InternalFailure")


@pytest.mark.parametrize(
    ("operation", "target"),
    [("PutRecord", {"queue": "q"}), ("ReceiveMessage", {"stream": "s"})],
)
def test_a_target_of_the_wrong_service_is_an_error(operation: str, target: dict[str, str]) -> None:
    """An operation on a stream cannot have a queue as target, and vice versa."""
    with pytest.raises(ValueError, match=f"{operation} is not an operation on"):
        Fail(operation, "InternalFailure", **target)  # type: ignore[arg-type]  # any keyword


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
