"""The AWS that the checks run on takes right code that plain moto refuses."""

from pathlib import Path

import pytest

from autograder.tests.student_repository.clone import SOLUTION, Run, clone, files_of, run_checks

RIGHT_CODE = """
import time

import boto3


def test_an_iterator_made_with_an_arn(stream, shards, put):
    kinesis = boto3.client("kinesis")
    put(shards[0], 2)
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
    assert [one["ShardId"] for one in found] == shards


def test_a_listing_followed_by_the_paginator(stream, shards):
    pages = boto3.client("kinesis").get_paginator("list_shards").paginate(
        StreamName=stream, PaginationConfig={"PageSize": 1}
    )
    assert [one["ShardId"] for page in pages for one in page["Shards"]] == shards


def test_descriptions_that_come_in_pages(stream, shards):
    pages = boto3.client("kinesis").get_paginator("describe_stream").paginate(
        StreamName=stream, PaginationConfig={"PageSize": 2}
    )
    found = [one["ShardId"] for page in pages for one in page["StreamDescription"]["Shards"]]
    assert found == shards


def test_a_long_poll_of_an_empty_queue(name):
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    begin = time.monotonic()
    assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)
    assert time.monotonic() - begin < 20
"""
MENDS = {
    "get_shard_iterator": "an_iterator_made_with_an_arn",
    "list_shards": "a_listing_followed_by_its_token_alone",
    "describe_stream": "descriptions_that_come_in_pages",
    "receive_message": "a_long_poll_of_an_empty_queue",
}


def run_right_code(folder: Path, *arguments: str) -> Run:
    """Run code that AWS would take as if it were a check."""
    (folder / "checks" / "test_right.py").write_text(RIGHT_CODE)
    return run_checks(folder, *arguments, checkpoints=["right"])


def test_right_code_is_taken(tmp_path: Path) -> None:
    """Streams by ARN, pages of listings, and long polls that end."""
    folder = clone(tmp_path / "clone")

    run = run_right_code(folder)

    assert run.counts == {"right": (5, 5)}, run.text


@pytest.mark.parametrize("mend", [mend for mend in MENDS if mend != "receive_message"])
def test_plain_moto_still_needs_each_mend(mend: str, tmp_path: Path) -> None:
    """Once a new moto does right by itself, the mend can go."""
    folder = clone(tmp_path / "clone")
    without_mend(folder, mend)

    run = run_right_code(folder, "-k", MENDS[mend])

    assert run.counts == {"right": (0, 1)}, run.text


def test_right_submissions_of_the_corpus_need_the_mends(tmp_path: Path) -> None:
    """So the mends are no end in themselves."""
    names = ("right/log_in_batches_of_five_hundred", "right/waits_with_a_deadline")
    folder = clone(tmp_path / "clone", {**SOLUTION.files, **files_of(*names)})
    for mend in MENDS:
        without_mend(folder, mend)

    run = run_checks(folder, checkpoints=["writer", "brokers"])

    assert {name for name, (passed, most) in run.counts.items() if passed < most} == {
        "writer",
        "brokers",
    }


def without_mend(folder: Path, mend: str) -> None:
    """Take a mend out of a clone."""
    path = folder / "checks" / "mended_moto.py"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if f'"{mend}", _{mend})' not in line]
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), "utf-8")
