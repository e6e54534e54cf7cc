"""What the checks have at hand: your files, the simulated AWS, and unused names."""

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from check_report import Report
from mended_moto import mended_moto
from student_code import StudentFile


def pytest_configure(config: pytest.Config) -> None:
    """Have the checks counted."""
    config.pluginmanager.register(Report(), "check_report")


@pytest.fixture(scope="session", autouse=True)
def aws() -> Iterator[str]:
    """The address of the simulated AWS, which boto3 uses without being told."""
    with mended_moto() as address:
        yield address


@pytest.fixture(scope="session")
def kinesis(aws: str) -> Any:
    """A client of our own, to look at what your code did."""
    return boto3.Session().client("kinesis", endpoint_url=aws)


@pytest.fixture(scope="session")
def sqs(aws: str) -> Any:
    """The same for SQS."""
    return boto3.Session().client("sqs", endpoint_url=aws)


@pytest.fixture(scope="module")
def writer() -> StudentFile:
    """Your writer."""
    return StudentFile("kinesis_multi_shard.py")


@pytest.fixture(scope="module")
def reader() -> StudentFile:
    """Your reader, which also replays."""
    return StudentFile("kinesis_read_shards.py")


@pytest.fixture(scope="module")
def brokers() -> StudentFile:
    """Your comparison."""
    return StudentFile("compare_with_sqs.py")


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def name(_numbers: Iterator[int]) -> str:
    """A name for a stream or queue."""
    return f"check-{next(_numbers)}"


@pytest.fixture
def stream(kinesis: Any, name: str) -> str:
    """The name of a stream of three shards with nothing in it."""
    kinesis.create_stream(StreamName=name, ShardCount=3)
    return name


@pytest.fixture
def shards(kinesis: Any, stream: str) -> list[str]:
    """The ids of that stream's shards."""
    return [one["ShardId"] for one in kinesis.list_shards(StreamName=stream)["Shards"]]


@pytest.fixture
def put(kinesis: Any, stream: str) -> Callable[[str, int], list[list[Any]]]:
    """A function that puts so many events into a shard, and returns them as [offset, event]."""

    def put_into(shard_id: str, count: int) -> list[list[Any]]:
        found = kinesis.list_shards(StreamName=stream)["Shards"]
        (shard,) = (one for one in found if one["ShardId"] == shard_id)
        pairs = []
        for number in range(count):
            event = {"eventId": number, "userId": "alice", "action": "click"}
            answer = kinesis.put_record(
                StreamName=stream,
                Data=json.dumps(event),
                PartitionKey="alice",
                ExplicitHashKey=shard["HashKeyRange"]["StartingHashKey"],
            )
            pairs.append([answer["SequenceNumber"], event])
        return pairs

    return put_into


@pytest.fixture
def records(kinesis: Any) -> Callable[[str], dict[str, list[dict[str, Any]]]]:
    """A function that reads all records of a stream, shard by shard."""

    def read(stream_name: str) -> dict[str, list[dict[str, Any]]]:
        found = {}
        for shard in kinesis.list_shards(StreamName=stream_name)["Shards"]:
            iterator = kinesis.get_shard_iterator(
                StreamName=stream_name,
                ShardId=shard["ShardId"],
                ShardIteratorType="TRIM_HORIZON",
            )["ShardIterator"]
            found[shard["ShardId"]] = kinesis.get_records(ShardIterator=iterator)["Records"]
        return found

    return read
