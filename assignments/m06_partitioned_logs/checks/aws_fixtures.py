"""Fixtures for the simulated AWS, which the checks and your code use."""

import itertools
from collections.abc import Iterator

import pytest

from checks.cloud import Cloud
from checks.patched_moto import patched_moto
from checks.virtual_time import start_over


@pytest.fixture(scope="session", autouse=True)
def aws() -> Iterator[str]:
    """Start the simulated AWS, and yield its address. boto3 uses it by default."""
    with patched_moto() as address:
        yield address


@pytest.fixture
def cloud(aws: str) -> Iterator[Cloud]:
    """The simulated AWS, seen from inside. Faults end with the check that adds them."""
    cloud = Cloud()
    start_over()
    yield cloud
    cloud.faults.clear()


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def name(_numbers: Iterator[int]) -> str:
    """An unused name for a stream or queue."""
    return f"check-{next(_numbers)}"
