"""The simulated AWS in hidden tests: faults, log, budgets, virtual time, arranging, inspecting."""

import http.client
import importlib.metadata
import inspect
import itertools
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import moto.sqs.models
import pytest
from botocore.exceptions import ClientError
from moto.core.responses import BaseResponse
from moto.kinesis.models import KinesisBackend, Shard, Stream

from autograder.aws.calls import CallBudget
from autograder.aws.fault_kinds import (
    EmptyPages,
    Fail,
    PageSize,
    ReceiveSize,
    RejectRecords,
    ShardPageSize,
    Throttle,
)
from autograder.aws.simulated import Cloud
from autograder.tests.aws.kinesis_requests import code_of

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient


def start_of(kinesis: "KinesisClient", stream: str, shard_id: str) -> str:
    """Take an iterator at the oldest record."""
    return kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]


def pages(kinesis: "KinesisClient", stream: str, shard_id: str, most: int = 12) -> list[int]:
    """Read until caught up; return the number of records of each page."""
    sizes: list[int] = []
    iterator: str | None = start_of(kinesis, stream, shard_id)
    while iterator and len(sizes) < most:
        page = kinesis.get_records(ShardIterator=iterator)
        sizes.append(len(page["Records"]))
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return sizes


def filled(cloud: Cloud, records: int) -> str:
    """Make a stream `s` of one shard with `records` records."""
    cloud.kinesis.create_stream("s", 1)
    for number in range(records):
        cloud.kinesis.put("s", str(number).encode(), "k")
    return str(cloud.kinesis.shards("s")[0]["ShardId"])


def test_a_throttle_strikes_a_number_of_calls_after_some(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """The first call passes, the next two are refused, the fourth passes."""
    filled(cloud, 0)
    cloud.faults.add(Throttle("PutRecord", times=2, after=1))
    codes: list[str] = []

    for _ in range(4):
        try:
            kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
            codes.append("")
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])

    throttled = "ProvisionedThroughputExceededException"
    assert codes == ["", throttled, throttled, ""]
    assert [call.error for call in cloud.calls.of("PutRecord")] == [
        None,
        throttled,
        throttled,
        None,
    ]


def test_any_error_can_be_scripted(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """An expired iterator, for example."""
    shard = filled(cloud, 1)
    cloud.faults.add(Fail("GetRecords", "ExpiredIteratorException", "Iterator expired."))

    with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
        kinesis.get_records(ShardIterator=start_of(kinesis, "s", shard))


def test_part_of_a_batch_can_be_rejected(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """The other records are stored, and a rejected record is stored the next time."""
    filled(cloud, 0)
    cloud.faults.add(RejectRecords(lambda record: record["Data"] == b"b"))
    batch: Any = [{"Data": data, "PartitionKey": "k"} for data in (b"a", b"b", b"c")]

    first = kinesis.put_records(StreamName="s", Records=batch)
    second = kinesis.put_records(StreamName="s", Records=batch[1:2])

    stored = [record.data for records in cloud.kinesis.records("s").values() for record in records]
    assert first["FailedRecordCount"] == 1
    assert [result.get("ErrorCode") for result in first["Records"]] == [
        None,
        "ProvisionedThroughputExceededException",
        None,
    ]
    assert second["FailedRecordCount"] == 0
    assert stored == [b"a", b"c", b"b"]


def test_empty_pages_come_before_a_record_on_every_reading(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """The page before is shorter, and after the empty pages comes the rest."""
    shard = filled(cloud, 7)
    cloud.faults.add(EmptyPages(shard, before_record=3, pages=2))

    first = pages(kinesis, "s", shard)
    second = pages(kinesis, "s", shard)

    assert first == second == [3, 0, 0, 4, 0]


def test_page_sizes_can_be_set(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """This is possible for records and for shards."""
    shard = filled(cloud, 5)
    cloud.kinesis.create_stream("wide", 5)
    cloud.faults.add(PageSize(2, stream="s"))
    cloud.faults.add(ShardPageSize(2, stream="wide"))

    records = pages(kinesis, "s", shard)
    listing = kinesis.get_paginator("list_shards").paginate(StreamName="wide")

    assert records == [2, 2, 1, 0]
    assert [len(page["Shards"]) for page in listing] == [2, 2, 1]


def test_a_receive_can_hand_out_fewer_messages_than_asked(cloud: Cloud, sqs: "SQSClient") -> None:
    """SQS does this now and then; the other messages come with later requests."""
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    for number in range(5):
        cloud.sqs.send("q", str(number))
    cloud.faults.add(ReceiveSize(3, queue="q"))

    sizes = [
        len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))
        for _ in range(3)
    ]

    assert sizes == [3, 2, 0]


def test_shards_refuse_more_than_their_throughput() -> None:
    """A shard accepts 1,000 records a second; another shard accepts more."""
    cloud = Cloud(throughput_limits=True)
    cloud.kinesis.create_stream("s", 1)
    batch = [{"Data": "eA==", "PartitionKey": "k"}] * 500

    with cloud:
        failed = [
            cloud.gate.kinesis.answer("PutRecords", {"StreamName": "s", "Records": batch})[
                "FailedRecordCount"
            ]
            for _ in range(8)
        ]

    assert sum(failed) > 0


def test_iterators_expire_after_five_minutes(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """Of virtual time."""
    shard = filled(cloud, 1)
    iterator = start_of(kinesis, "s", shard)

    cloud.clock.advance(301)

    with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
        kinesis.get_records(ShardIterator=iterator)


def test_tokens_of_a_listing_expire_after_five_minutes(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Up to then, they work."""
    cloud.kinesis.create_stream("s", 2)
    token = kinesis.list_shards(StreamName="s", MaxResults=1)["NextToken"]

    cloud.clock.advance(299)
    fresh = code_of(kinesis.list_shards, NextToken=token)
    cloud.clock.advance(2)
    old = code_of(kinesis.list_shards, NextToken=token)

    assert (fresh, old) == ("", "ExpiredNextTokenException")


def test_a_long_poll_moves_the_clock_instead_of_waiting(cloud: Cloud, sqs: "SQSClient") -> None:
    """An empty queue answers immediately, and the clock has moved by the wait."""
    url = sqs.create_queue(QueueName="q")["QueueUrl"]

    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)

    assert "Messages" not in answer
    assert cloud.clock.offset == 20


@pytest.mark.parametrize("hidden_by", ["DelaySeconds", "VisibilityTimeout"])
def test_a_long_poll_ends_when_a_message_appears(
    cloud: Cloud, sqs: "SQSClient", hidden_by: str
) -> None:
    """The clock moves to that moment, and no further."""
    attributes: Any = {hidden_by: "15"}
    url = sqs.create_queue(QueueName="q", Attributes=attributes)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    if hidden_by == "VisibilityTimeout":
        sqs.receive_message(QueueUrl=url)

    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)

    assert [message["Body"] for message in answer["Messages"]] == ["m"]
    assert 14 < cloud.clock.offset <= 15.01


def test_a_call_that_ends_does_not_wait_for_a_long_poll(cloud: Cloud, sqs: "SQSClient") -> None:
    """The poll is refused as any request between two calls."""
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    codes: list[str] = []

    def consume() -> None:
        try:
            sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])

    consumer = threading.Thread(target=consume)
    consumer.start()
    for _ in range(5):  # meanwhile the poll arrives; the result is the same if it does not
        sqs.list_queues()
    cloud.gate.end_call()
    consumer.join()

    assert codes == ["LimitExceededException"]
    assert cloud.clock.offset == 0


def test_a_message_comes_back_after_its_visibility_timeout(cloud: Cloud, sqs: "SQSClient") -> None:
    """In virtual time, it is received, then hidden, then visible again."""
    url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    sqs.receive_message(QueueUrl=url)

    hidden = cloud.sqs.depth("q")
    cloud.clock.advance(31)
    shown = cloud.sqs.depth("q")

    assert (hidden.visible, hidden.in_flight) == (0, 1)
    assert (shown.visible, shown.in_flight) == (1, 0)


def test_each_simulated_aws_has_a_separate_clock(cloud: Cloud, sqs: "SQSClient") -> None:
    """The one that was reset last is in use, whichever was opened or closed last."""
    with Cloud() as other:
        other.clock.advance(1000)
        cloud.reset()
        url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="m")
        sqs.receive_message(QueueUrl=url)

        hidden = cloud.sqs.depth("q")
        cloud.clock.advance(31)
        shown = cloud.sqs.depth("q")

    assert (hidden.visible, hidden.in_flight) == (0, 1)
    assert (shown.visible, shown.in_flight) == (1, 0)


def test_a_budget_of_calls_is_enforced(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """Exceeding it is reported once, and the gate refuses later requests."""
    exceeded: list[str] = []
    cloud.gate.begin_call(
        CallBudget(api_calls=3, idle_reads=100, traffic_bytes=1 << 20), exceeded.append
    )

    codes: list[str] = []
    for _ in range(5):
        try:
            kinesis.list_streams()
            codes.append("")
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    cloud.gate.end_call()

    assert exceeded == ["api_calls"]
    assert codes == ["", "", "", "LimitExceededException", "LimitExceededException"]


def test_a_budget_of_idle_reads_is_enforced_per_shard(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Empty responses at the end of a shard count; any other response resets the count."""
    shard = filled(cloud, 1)
    exceeded: list[str] = []
    cloud.gate.begin_call(
        CallBudget(api_calls=100, idle_reads=2, traffic_bytes=1 << 20), exceeded.append
    )
    iterator = start_of(kinesis, "s", shard)

    counts: list[int] = []
    for _ in range(4):
        iterator = kinesis.get_records(ShardIterator=iterator)["NextShardIterator"]
        counts.append(len(exceeded))
    cloud.gate.end_call()

    assert counts == [0, 0, 0, 1]
    assert exceeded == ["idle_reads"]


def test_the_log_has_calls_attempts_and_outcomes(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """Each request is there with its parameters; calls of the hidden test itself are not."""
    filled(cloud, 3)

    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")

    (call,) = cloud.calls.all()
    assert (call.service, call.operation, call.attempt, call.status) == (
        "kinesis",
        "PutRecord",
        1,
        200,
    )
    assert call.parameters["PartitionKey"] == "k"
    assert call.invocation


def test_reset_forgets_everything(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """The same steps give the same sequence numbers after a reset."""
    filled(cloud, 3)
    before = cloud.kinesis.records("s")
    cloud.clock.advance(1000)
    cloud.faults.add(Throttle("DescribeStream", times=1))

    cloud.reset()
    names = kinesis.list_streams()["StreamNames"]
    filled(cloud, 3)
    after = cloud.kinesis.records("s")
    kinesis.describe_stream(StreamName="s")

    assert names == []
    assert cloud.clock.offset == 0
    assert [record.sequence_number for record in before["shardId-000000000000"]] == [
        record.sequence_number for record in after["shardId-000000000000"]
    ]


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("GET", "Kinesis_20131202.ListStreams", b"", 404),
        ("POST", "", b"{}", 404),
        ("POST", "DynamoDB_20120810.ListTables", b"{}", 404),
        ("POST", "Kinesis_20131202.ListStreams/../reset", b"{}", 404),
        ("POST", "Kinesis_20131202.ListStreams", b"[]", 400),
        ("POST", "Kinesis_20131202.ListStreams", b'{"a": ' * 5000, 400),
        ("POST", "Kinesis_20131202.ListStreams", b"[" * 100_000, 400),
        ("POST", "Kinesis_20131202.ListStreams", b"\xff\xfe", 400),
        ("POST", "Kinesis_20131202.NoSuchThing", b"{}", 400),
        ("POST", "Kinesis_20131202.PutRecord", b'{"StreamName": 7, "Data": []}', 400),
        ("POST", "Kinesis_20131202.GetRecords", b'{"ShardIterator": {"a": 1}}', 400),
    ],
)
def test_the_gate_answers_hostile_requests_and_survives(
    cloud: Cloud,
    kinesis: "KinesisClient",
    served: tuple[Cloud, str],
    method: str,
    target: str,
    body: bytes,
    status: int,
) -> None:
    """Only Kinesis and SQS exist; any other request gets an error like AWS's."""
    connection = http.client.HTTPConnection(str(urlparse(served[1]).netloc))
    headers = {"X-Amz-Target": target, "X-Autograder-Clock": "nan"}

    connection.request(method, "/moto-api/reset", body, headers)
    answer = connection.getresponse()

    assert answer.status == status
    assert "__type" in json.loads(answer.read())
    assert kinesis.list_streams()["StreamNames"] == []
    assert all(call.internal_error is None for call in cloud.calls.all())


def test_moto_is_the_version_that_our_subclasses_rely_on() -> None:
    """Before another version is used, check that the subclassed parts still exist."""
    version = importlib.metadata.version("moto")

    signatures = {
        "Shard": list(inspect.signature(Shard.__init__).parameters),
        "split": list(inspect.signature(Stream.split_shard).parameters),
        "merge": list(inspect.signature(Stream.merge_shards).parameters),
        "create": list(inspect.signature(KinesisBackend.create_stream).parameters),
        "dispatch": list(inspect.signature(BaseResponse._dispatch).parameters),
    }

    assert version == "5.2.5"
    assert signatures == {
        "Shard": [
            "self",
            "shard_id",
            "starting_hash",
            "ending_hash",
            "parent",
            "adjacent_parent",
        ],
        "split": ["self", "shard_to_split", "new_starting_hash_key"],
        "merge": ["self", "shard_to_merge", "adjacent_shard_to_merge"],
        "create": [
            "self",
            "stream_name",
            "shard_count",
            "stream_mode",
            "retention_period_hours",
        ],
        "dispatch": ["self", "request", "full_url", "headers"],
    }


def test_sequence_numbers_have_gaps(cloud: Cloud) -> None:
    """So code that adds 1 to a sequence number does not work by chance."""
    cloud.kinesis.create_stream("s", 1)
    shard = cloud.kinesis.shards("s")[0]["ShardId"]

    numbers = [int(cloud.kinesis.put_in_shard("s", shard, b"x", "k").sequence_number)
               for _ in range(5)]  # fmt: skip

    assert all(later - earlier > 1 for earlier, later in itertools.pairwise(numbers))


def test_ids_of_messages_are_the_same_after_each_reset(cloud: Cloud, sqs: "SQSClient") -> None:
    """Feedback may show a student's value, and must be the same each time."""
    ids = []
    for _ in range(2):
        cloud.reset()
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        ids.append(sqs.send_message(QueueUrl=url, MessageBody="m")["MessageId"])

    assert ids[0] == ids[1]


def test_moto_splits_a_name_once(sqs: "SQSClient") -> None:
    """The words of a CamelCase name are cached from one message to the next."""
    split = vars(moto.sqs.models)["camelcase_to_underscores"]
    url = sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "1"})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "2"})
    before = split.cache_info()
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "3"})
    after = split.cache_info()

    assert after.hits > before.hits
    assert after.misses == before.misses


def test_ids_of_requests_are_the_same_after_each_reset(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """A student may print them, and feedback is the same each time."""
    ids = []
    for _ in range(2):
        cloud.reset()
        ids.append([kinesis.list_streams()["ResponseMetadata"]["RequestId"] for _ in range(2)])

    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2
