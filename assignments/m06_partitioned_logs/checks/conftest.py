"""What the checks have at hand: your files, the simulated AWS, and unused names."""

import itertools
from collections.abc import Iterator

import pytest
from checks.check_report import Report
from checks.cloud import Cloud
from checks.mended_moto import mended_moto
from checks.student_code import StudentFile


def pytest_configure(config: pytest.Config) -> None:
    """Have the checks counted."""
    config.pluginmanager.register(Report(), "check_report")


@pytest.fixture(scope="session", autouse=True)
def aws() -> Iterator[str]:
    """The address of the simulated AWS, which boto3 uses without being told."""
    with mended_moto() as address:
        yield address


@pytest.fixture
def cloud(aws: str) -> Iterator[Cloud]:
    """The simulated AWS, seen from inside. Faults that a check adds end with it."""
    cloud = Cloud()
    yield cloud
    cloud.faults.clear()


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
def stream(cloud: Cloud, name: str) -> str:
    """The name of a stream of three shards with nothing in it."""
    cloud.create_stream(name, 3)
    return name


@pytest.fixture
def shards(cloud: Cloud, stream: str) -> list[str]:
    """The ids of that stream's shards."""
    return cloud.shard_ids(stream)
