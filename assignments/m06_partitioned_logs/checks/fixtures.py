"""The fixtures of the checks: your files, and a stream."""

import pytest

from checks.cloud import Cloud
from checks.student_code import StudentFile


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


@pytest.fixture
def stream(cloud: Cloud, name: str) -> str:
    """The name of an empty stream with three shards."""
    cloud.create_stream(name, 3)
    return name


@pytest.fixture
def shards(cloud: Cloud, stream: str) -> list[str]:
    """The ids of that stream's shards."""
    return cloud.shard_ids(stream)
