"""The simulated AWS, for checks and for your code."""

import itertools
from collections.abc import Iterator

import pytest

from checks.cloud import Cloud
from checks.mended_moto import mended_moto


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


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def name(_numbers: Iterator[int]) -> str:
    """A name for a stream or queue."""
    return f"check-{next(_numbers)}"
