"""Code in the sandbox that floods the cloud is stopped, and later calls are served."""

import threading
from collections.abc import Iterator

import pytest

from autograder.assignment import Course
from autograder.aws import PRELOAD
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud
from autograder.grading.judge.phases import Phases
from autograder.grading.judge.student_code import StudentCode
from autograder.grading.judge.time_budget import TimeBudget
from autograder.sandbox import Returned, Sandbox, Stopped

MODULE = "m06_partitioned_logs"

STUDENT = """
import os, select, socket, urllib.parse
import boto3

place = urllib.parse.urlparse(os.environ["AWS_ENDPOINT_URL"])
address = (place.hostname, place.port)

def connections():
    for _ in range(40):
        if os.fork() == 0:
            break
    held = []
    while True:
        try:
            held.append(socket.create_connection(address))
        except OSError:
            select.select([], [], [], 0.01)

def garbage():
    while True:
        with socket.create_connection(address) as connection:
            connection.sendall(b"garbage\\r\\n\\r\\n")
            connection.recv(1000)

def not_found():
    import urllib.request, urllib.error
    while True:
        try:
            urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"])
        except urllib.error.HTTPError:
            pass

def records():
    kinesis = boto3.client("kinesis")
    batch = [{"Data": b"x" * 1_000_000, "PartitionKey": "k"}] * 5
    while True:
        kinesis.put_records(StreamName="s", Records=batch)

def reads():
    kinesis = boto3.client("kinesis")
    shard = kinesis.list_shards(StreamName="s")["Shards"][0]["ShardId"]
    first = kinesis.get_shard_iterator(
        StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    while True:
        kinesis.get_records(ShardIterator=first)

def honest():
    return boto3.client("kinesis").list_streams()["StreamNames"]
"""


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StudentCode, Cloud]]:
    """Return a student's code in a sandbox, connected to a cloud as in a grading run."""
    folder = tmp_path_factory.mktemp("flood")
    folder.chmod(0o755)
    (folder / "flood.py").write_text(STUDENT)
    limits = Course.of_this_checkout().load(MODULE).limits
    with Cloud() as cloud, Sandbox(folder, limits, preload=PRELOAD) as sandbox:
        server = Server(cloud.gate, sandbox.listener)
        yield StudentCode(sandbox, cloud, limits, TimeBudget(60.0), Phases()), cloud
        server.close()


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        ("connections", "api_calls"),
        ("garbage", "api_calls"),
        ("not_found", "api_calls"),
        ("records", "traffic"),
        ("reads", "traffic"),
    ],
)
def test_a_flood_is_stopped_and_the_next_call_is_served(
    student: tuple[StudentCode, Cloud], function: str, reason: str
) -> None:
    """Its budget stops it, long before the limit on wall time would."""
    code, cloud = student
    cloud.reset()
    cloud.kinesis.create_stream("s", 1)
    for _ in range(8):
        cloud.kinesis.put("s", b"x" * (1 << 20), "k")
    threads = threading.active_count()

    flooded = code.outcome_of("flood", function)
    after = code.outcome_of("flood", "honest")

    assert isinstance(flooded, Stopped)
    assert flooded.reason == reason
    assert isinstance(after, Returned)
    assert after.value == ["s"]
    assert threading.active_count() <= threads + 256
