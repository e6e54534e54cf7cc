"""The faults of the student repository: each affects valid requests of one stream or queue."""

from pathlib import Path

from autograder.tests.student_repository.clone import clone, run_checks

FAULTS = """
import json
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config

from checks.events import some_events
from checks.faults import *

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def kinesis():
    return boto3.client("kinesis", config=ONCE)


def refused(kinesis, call, *errors):
    try:
        call()
    except kinesis.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return None


def start(kinesis, stream, shard):
    return kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]


THROTTLED = "ProvisionedThroughputExceededException"


def test_throttle(cloud, kinesis, stream, shards):
    cloud.faults.add(Throttle("PutRecord", times=2, after=1, stream=stream))
    put = lambda: kinesis.put_record(StreamName=stream, Data=b"x", PartitionKey="x")
    assert [refused(kinesis, put) for _ in range(4)] == [None, THROTTLED, THROTTLED, None]
    assert len(cloud.records(stream)) == 2


def test_throttle_of_another_stream_is_not_used_up(cloud, kinesis, stream, name):
    cloud.create_stream(f"{name}-2", 1)
    cloud.faults.add(Throttle("PutRecords", times=1, stream=stream))
    records = [{"Data": b"x", "PartitionKey": "x"}]
    put = lambda to, many=1: kinesis.put_records(StreamName=to, Records=records * many)
    assert refused(kinesis, lambda: put(f"{name}-2")) is None
    assert refused(kinesis, lambda: put("missing")) == "ResourceNotFoundException"
    assert refused(kinesis, lambda: put(stream, 501)) not in (None, THROTTLED)
    assert refused(kinesis, lambda: put(stream)) == THROTTLED
    assert refused(kinesis, lambda: put(stream)) is None


def test_throttle_of_reads_counts_valid_requests_only(cloud, kinesis, stream, shards):
    cloud.faults.add(Throttle("GetRecords", times=1, stream=stream))
    iterator = start(kinesis, stream, shards[0])
    read = lambda **more: kinesis.get_records(ShardIterator=iterator, **more)
    assert refused(kinesis, lambda: read(Limit=10_001)) == "ValidationException"
    assert refused(kinesis, read) == THROTTLED
    assert refused(kinesis, read) is None


def test_throttle_counts_requests_of_many_threads(cloud, kinesis, stream):
    cloud.faults.add(Throttle("PutRecord", times=10, stream=stream))

    def put(number):
        client = boto3.Session().client("kinesis", config=ONCE)
        return refused(
            client, lambda: client.put_record(StreamName=stream, Data=b"x", PartitionKey="x")
        )

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(put, range(20)))
    assert outcomes.count(THROTTLED) == 10


def test_rejected_records(cloud, kinesis, stream):
    cloud.faults.add(RejectRecords(lambda data: data == b"b", times_each=2, stream=stream))
    records = [{"Data": data, "PartitionKey": "x"} for data in (b"a", b"b", b"c")]
    answer = kinesis.put_records(StreamName=stream, Records=records)
    assert answer["FailedRecordCount"] == 1
    assert [result.get("ErrorCode") for result in answer["Records"]] == [None, THROTTLED, None]
    put = lambda: kinesis.put_record(StreamName=stream, Data=b"b", PartitionKey="x")
    assert [refused(kinesis, put) for _ in range(2)] == [THROTTLED, None]
    assert [record.data for record in cloud.records(stream)] == [b"a", b"c", b"b"]


def test_rejected_records_that_are_built_again(cloud, kinesis, stream):
    cloud.faults.add(
        RejectRecords(lambda _: True, times_each=2, stream=stream, identity=lambda data: data[:1])
    )
    put = lambda data: kinesis.put_record(StreamName=stream, Data=data, PartitionKey="x")
    tries = [refused(kinesis, lambda: put(data)) for data in (b"a1", b"a2", b"b1", b"a3")]
    assert tries == [THROTTLED, THROTTLED, THROTTLED, None]


def test_empty_pages_on_every_reading(cloud, kinesis, stream, shards):
    cloud.put(stream, shards[0], *some_events(4))
    cloud.faults.add(EmptyPages(shards[0], before_record=3, pages=2, stream=stream))
    cloud.faults.add(PageSize(2, stream=stream))
    for _ in range(2):
        iterator, pages = start(kinesis, stream, shards[0]), []
        while not pages or pages[-1][1]:
            page = kinesis.get_records(ShardIterator=iterator)
            pages.append((len(page["Records"]), page["MillisBehindLatest"] > 0))
            iterator = page["NextShardIterator"]
        assert pages == [(2, True), (1, True), (0, True), (0, True), (1, False)]


def test_pages_of_shards(cloud, kinesis, stream, shards):
    cloud.faults.add(ShardPageSize(2, stream=stream))
    description = kinesis.describe_stream(StreamName=stream)["StreamDescription"]
    listing = kinesis.list_shards(StreamName=stream)
    assert len(description["Shards"]) == len(listing["Shards"]) == 2
    assert description["HasMoreShards"] and listing["NextToken"]


def test_few_messages_at_a_time(cloud, name):
    cloud.faults.add(ReceiveSize(2, queue=name))
    for queue, expected in ((name, 2), (f"{name}-2", 3)):
        messages = boto3.resource("sqs").create_queue(QueueName=queue)
        for number in range(3):
            messages.send_message(MessageBody=str(number))
        assert len(messages.receive_messages(MaxNumberOfMessages=10)) == expected
        assert cloud.handed_out(queue) == expected


def test_faults_end_with_their_check(cloud, kinesis, stream):
    kinesis.put_record(StreamName=stream, Data=b"b", PartitionKey="x")
"""


def test_faults_affect_the_requests_that_they_name(tmp_path: Path) -> None:
    """From any client and thread. They count only requests that would succeed."""
    folder = clone(tmp_path / "clone")
    (folder / "checks" / "test_faults.py").write_text(FAULTS)

    run = run_checks(folder, checkpoints=["faults"])

    assert run.counts == {"faults": (FAULTS.count("\ndef test_"),) * 2}, run.text
