"""What the hidden tests of module 6 share: the graded files and names nobody can guess."""

import random

import pytest

from autograder.testing import Module, StudentCode, SubmittedFiles

from .answering import Written, read_written


@pytest.fixture
def writer(student: StudentCode) -> Module:
    """Return the student's writer."""
    return student.module("kinesis_multi_shard")


@pytest.fixture
def reader(student: StudentCode) -> Module:
    """Return the student's reader and replay."""
    return student.module("kinesis_read_shards")


@pytest.fixture
def brokers(student: StudentCode) -> Module:
    """Return the student's comparison of a log with a queue."""
    return student.module("compare_with_sqs")


@pytest.fixture
def written(handed_in: SubmittedFiles) -> Written:
    """Return the student's notebook, read."""
    return read_written(handed_in)


@pytest.fixture
def name(rng: random.Random) -> str:
    """Return a name for a stream or queue."""
    return f"{rng.choice(['orders', 'meters', 'gps', 'clicks'])}-{rng.randrange(10**6):06}"
