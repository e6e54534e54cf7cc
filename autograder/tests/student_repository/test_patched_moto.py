"""The simulated AWS of the checks accepts right code that plain moto refuses."""

import re
from pathlib import Path

from autograder.tests.student_repository.clone import SOLUTION, Run, clone, files_of, run_checks

RIGHT_CODE = """
import time
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError

from checks.events import some_events
from checks.virtual_time import virtual_time

REFUSED = r"InvalidArgumentException|ValidationException"


def iterator_of(stream, shard, kind="TRIM_HORIZON", **more):
    answer = boto3.client("kinesis").get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType=kind, **more
    )
    return answer["ShardIterator"]


def test_an_iterator_made_with_an_arn(cloud, stream, shards):
    kinesis = boto3.client("kinesis")
    cloud.put(stream, shards[0], *some_events(2))
    arn = kinesis.describe_stream(StreamName=stream)["StreamDescription"]["StreamARN"]
    iterator = kinesis.get_shard_iterator(
        StreamARN=arn, ShardId=shards[0], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    first = kinesis.get_records(ShardIterator=iterator, Limit=1)
    second = kinesis.get_records(ShardIterator=first["NextShardIterator"])
    assert [len(page["Records"]) for page in (first, second)] == [1, 1]


def test_a_listing_followed_by_its_token_alone(stream, shards):
    kinesis = boto3.client("kinesis")
    page = kinesis.list_shards(StreamName=stream, MaxResults=2)
    found = page["Shards"]
    while "NextToken" in page:
        page = kinesis.list_shards(NextToken=page["NextToken"], MaxResults=2)
        found += page["Shards"]
    assert [shard["ShardId"] for shard in found] == shards


def test_descriptions_that_come_in_pages(stream, shards):
    pages = boto3.client("kinesis").get_paginator("describe_stream").paginate(
        StreamName=stream, PaginationConfig={"PageSize": 2}
    )
    descriptions = [page["StreamDescription"] for page in pages]
    assert [shard["ShardId"] for page in descriptions for shard in page["Shards"]] == shards


def test_a_new_stream_is_creating(cloud, name):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    with pytest.raises(kinesis.exceptions.ResourceNotFoundException):
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="x")
    with pytest.raises(kinesis.exceptions.ResourceInUseException):
        kinesis.list_shards(StreamName=name)
    description = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    assert (description["StreamStatus"], description["Shards"]) == ("CREATING", [])
    seen = []
    while not seen or seen[-1] != "ACTIVE":
        summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        seen.append(summary["StreamStatus"])
    assert seen == ["ACTIVE"]
    kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="x")


def test_a_deleted_stream_is_deleting(cloud, stream):
    kinesis = boto3.client("kinesis")
    kinesis.delete_stream(StreamName=stream)
    seen = []
    with pytest.raises(kinesis.exceptions.ResourceNotFoundException):
        while True:
            description = kinesis.describe_stream(StreamName=stream)["StreamDescription"]
            seen.append(description["StreamStatus"])
    assert seen == ["DELETING", "DELETING"]
    assert cloud.status(stream) is None


def test_a_closed_shard_keeps_its_records_and_ends(cloud, stream, shards):
    kinesis = boto3.client("kinesis")
    cloud.put(stream, shards[1], *some_events(3))
    middle = str(1 << 127)
    kinesis.split_shard(StreamName=stream, ShardToSplit=shards[1], NewStartingHashKey=middle)
    page = kinesis.get_records(ShardIterator=iterator_of(stream, shards[1]))
    assert len(page["Records"]) == 3
    assert "NextShardIterator" not in page


def test_a_closed_shard_takes_no_new_records(cloud, stream, shards):
    closed = [*shards]
    for shard in closed:
        cloud.split(stream, shard)
    for key in ("alice", "bob", "eve"):
        answer = boto3.client("kinesis").put_record(StreamName=stream, Data=b"x", PartitionKey=key)
        assert answer["ShardId"] not in closed


def test_offsets_are_long_and_belong_to_one_shard(cloud, stream, shards):
    kinesis = boto3.client("kinesis")
    first, second = (cloud.put(stream, shard, *some_events(2)) for shard in shards[:2])
    offset = first[1][0]
    iterator = iterator_of(stream, shards[0], "AT_SEQUENCE_NUMBER", StartingSequenceNumber=offset)
    records = kinesis.get_records(ShardIterator=iterator)["Records"]
    assert [record["SequenceNumber"] for record in records] == [offset]
    assert len(offset) == 56
    wrong_offsets = [second[1][0], str(int(offset) + 1), "0", "yesterday"]
    cloud.split(stream, shards[0])
    closed = kinesis.list_shards(StreamName=stream)["Shards"][0]
    wrong_offsets.append(closed["SequenceNumberRange"]["EndingSequenceNumber"])
    for wrong in wrong_offsets:
        with pytest.raises(ClientError, match=REFUSED):
            iterator_of(stream, shards[0], "AT_SEQUENCE_NUMBER", StartingSequenceNumber=wrong)
    for kind in ("TRIM_HORIZON", "LATEST"):
        with pytest.raises(kinesis.exceptions.InvalidArgumentException):
            iterator_of(stream, shards[0], kind, StartingSequenceNumber=offset)


def test_millis_behind_latest_says_whether_more_follows(cloud, stream, shards):
    kinesis = boto3.client("kinesis")
    cloud.put(stream, shards[0], *some_events(2))
    first = kinesis.get_records(ShardIterator=iterator_of(stream, shards[0]), Limit=1)
    second = kinesis.get_records(ShardIterator=first["NextShardIterator"], Limit=1)
    assert 0 < first["MillisBehindLatest"] < 60_000
    assert second["MillisBehindLatest"] == 0
    with virtual_time():
        time.sleep(100)
        later = kinesis.get_records(ShardIterator=iterator_of(stream, shards[0]), Limit=1)
    assert 100_000 <= later["MillisBehindLatest"] < 160_000
    with pytest.raises(ClientError, match=REFUSED):
        kinesis.get_records(ShardIterator=second["NextShardIterator"], Limit=10_001)
    with pytest.raises(kinesis.exceptions.InvalidArgumentException):
        kinesis.get_records(ShardIterator="gone bad")


def test_descriptions_are_complete(stream):
    kinesis = boto3.client("kinesis")
    described = kinesis.describe_stream(StreamName=stream)["StreamDescription"]
    summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    assert described["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
    assert summary["MaxRecordSizeInKiB"] == 1024


def test_clients_of_all_regions_find_the_same_streams(cloud, stream, shards):
    kinesis = boto3.client("kinesis", region_name="eu-central-1")
    assert stream in kinesis.list_streams()["StreamNames"]
    arn = f"arn:aws:kinesis:{kinesis.meta.region_name}:123456789012:stream/{stream}"
    kinesis.put_record(StreamARN=arn, Data=b"x", PartitionKey="x")
    assert len(cloud.records(stream)) == 1


def test_an_operation_that_does_not_exist_here_is_refused_at_once(stream):
    with pytest.raises(ClientError, match="UnknownOperationException") as caught:
        boto3.client("kinesis").describe_account_settings()
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    with pytest.raises(ClientError, match="UnknownOperationException"):
        boto3.client("sqs").list_message_move_tasks(SourceArn="arn:aws:sqs:us-east-1:1:q")


def test_a_batch_of_deletions_has_ten_entries(name):
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    entries = [{"Id": str(number), "ReceiptHandle": "x"} for number in range(11)]
    with pytest.raises(ClientError, match="TooManyEntriesInBatchRequest"):
        sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
"""
ACCEPTED_BY_PLAIN_MOTO = """

def test_the_start_of_a_shard_is_an_offset_too(cloud, stream, shards):
    for records in (0, 2):
        cloud.put(stream, shards[0], *some_events(records))
        shard = boto3.client("kinesis").list_shards(StreamName=stream)["Shards"][0]
        start = shard["SequenceNumberRange"]["StartingSequenceNumber"]
        iterator = iterator_of(
            stream, shards[0], "AT_SEQUENCE_NUMBER", StartingSequenceNumber=start
        )
        page = boto3.client("kinesis").get_records(ShardIterator=iterator)
        assert len(page["Records"]) == records


def test_the_start_of_an_empty_shard_stays_an_offset(cloud, stream, shards):
    shard = boto3.client("kinesis").list_shards(StreamName=stream)["Shards"][0]
    start = shard["SequenceNumberRange"]["StartingSequenceNumber"]
    cloud.put(stream, shards[0], *some_events(2))
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        iterator = iterator_of(stream, shards[0], kind, StartingSequenceNumber=start)
        page = boto3.client("kinesis").get_records(ShardIterator=iterator)
        assert len(page["Records"]) == 2


def test_a_listing_followed_by_the_paginator(stream, shards):
    pages = boto3.client("kinesis").get_paginator("list_shards").paginate(
        StreamName=stream, PaginationConfig={"PageSize": 1}
    )
    assert [shard["ShardId"] for page in pages for shard in page["Shards"]] == shards


def test_an_iterator_at_a_time(cloud, stream, shards):
    cloud.put(stream, shards[0], *some_events(2))
    iterator = iterator_of(stream, shards[0], "AT_TIMESTAMP", Timestamp=datetime(2020, 1, 1))
    assert len(boto3.client("kinesis").get_records(ShardIterator=iterator)["Records"]) == 2


def test_a_long_poll_of_an_empty_queue(name):
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    begin = time.monotonic()
    assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)
    assert time.monotonic() - begin < 20
"""


def run_right_code(folder: Path, code: str) -> Run:
    """Run code that AWS accepts as if it were a check."""
    (folder / "checks" / "test_right.py").write_text(code)
    return run_checks(folder, checkpoints=["right"])


def test_right_code_is_accepted(tmp_path: Path) -> None:
    """Streams by ARN, pages of listings, statuses, closed shards, and long polls that end."""
    code = RIGHT_CODE + ACCEPTED_BY_PLAIN_MOTO

    run = run_right_code(clone(tmp_path / "clone"), code)

    assert run.counts == {"right": (code.count("\ndef test_"),) * 2}, run.text


def test_plain_moto_still_needs_the_patches(tmp_path: Path) -> None:
    """If this fails, a new version of moto behaves as AWS does: delete the patch."""
    folder = clone(tmp_path / "clone")
    remove_patches(folder)

    run = run_right_code(folder, RIGHT_CODE)

    assert run.counts == {"right": (0, RIGHT_CODE.count("\ndef test_"))}, run.text


def test_right_submissions_of_the_corpus_need_the_patches(tmp_path: Path) -> None:
    """Without the patches, right code of students would fail the checks."""
    names = ("right/log_in_batches_of_five_hundred", "right/waits_with_a_deadline")
    folder = clone(tmp_path / "clone", {**SOLUTION.files, **files_of(*names)})
    remove_patches(folder)

    run = run_checks(folder, "-k", "w3_overview or b4", checkpoints=["writer", "brokers"])

    assert {name for name, (passed, most) in run.counts.items() if passed < most} == {
        "writer",
        "brokers",
    }


def remove_patches(folder: Path) -> None:
    """Remove the patches of moto from a clone."""
    path = folder / "checks" / "patched_moto.py"
    text, count = re.subn(r" +\*(\w+\.)?PATCHES,\n", "", path.read_text("utf-8"))
    assert count > 3
    path.write_text(text, "utf-8")
