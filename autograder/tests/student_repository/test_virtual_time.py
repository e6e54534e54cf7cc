"""In the visible checks, sleeping takes no time, and the simulated AWS has the same clock."""

from pathlib import Path

from autograder.tests.student_repository.clone import clone, run_checks

CODE = """
import asyncio
import copy
import datetime
import json
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import boto3
import pytest
from botocore.exceptions import ClientError

from checks.events import some_events
from checks.virtual_time import virtual_time

NAMES = ("time", "monotonic", "perf_counter")


@pytest.fixture(autouse=True)
def no_time_passes(cloud):
    begin = monotonic()
    with virtual_time():
        yield
    assert monotonic() - begin < 5


def all_clocks():
    return [
        *(getattr(time, name)() for name in NAMES),
        *(getattr(time, f"{name}_ns")() / 10**9 for name in NAMES),
        datetime.datetime.now(datetime.UTC).timestamp(),
        datetime.datetime.now().timestamp(),
        datetime.datetime.today().timestamp(),
    ]


def passed(before):
    return {round(now - then, -1) for then, now in zip(before, all_clocks())}


def test_each_clock_moves_with_a_sleep():
    before = all_clocks()
    time.sleep(100)
    assert passed(before) == {100}
    asyncio.run(asyncio.sleep(delay=100))
    assert passed(before) == {200}


def test_the_clock_starts_over_with_each_check():
    assert abs(time.monotonic() - monotonic()) < 5


def test_a_sleep_has_a_length():
    for wrong, error in ((-1, ValueError), ("1", TypeError)):
        with pytest.raises(error):
            time.sleep(wrong)


def test_sleeps_side_by_side_take_as_long_as_the_longest():
    before = all_clocks()
    threads = [threading.Thread(target=time.sleep, args=[100]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed(before) == {100}


def test_threads_that_work_between_sleeps_sleep_together():
    began = time.time()

    def work():
        for _ in range(3):
            end = time.thread_time() + 0.01
            while time.thread_time() < end:
                pass
            time.sleep(30)

    with ThreadPoolExecutor(8) as pool:
        for worker in [pool.submit(work) for _ in range(8)]:
            worker.result()
    assert 89 < time.time() - began < 100


def test_a_sleep_begins_after_the_work_of_another_that_has_little_of_the_processor():
    done, held = [], threading.Lock()

    def work():
        for _ in range(36):
            end = time.thread_time() + 0.01
            while time.thread_time() < end:
                pass
            held.acquire(timeout=0.01)
        done.append(True)

    held.acquire()
    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(30)
    assert done
    worker.join()


def test_datetimes_are_as_everywhere():
    aware, now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), datetime.datetime.now()
    arrived = boto3.client("kinesis").list_streams()["ResponseMetadata"]["HTTPHeaders"]["date"]
    read = datetime.datetime.strptime(arrived, "%a, %d %b %Y %H:%M:%S %Z")
    for moment in (aware, now, read, now + timedelta(1)):
        assert isinstance(moment, datetime.datetime)
        assert copy.deepcopy(moment) == pickle.loads(pickle.dumps(moment)) == moment


@pytest.fixture
def sqs():
    return boto3.client("sqs")


def bodies(sqs, queue, **more):
    answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, **more)
    return [message["Body"] for message in answer.get("Messages", [])]


def queue_with(sqs, name, *messages, **attributes):
    queue = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=queue, MessageBody=message)
    return queue


def test_messages_come_back_after_a_sleep(sqs, name):
    queue = queue_with(sqs, name, "a", "b", VisibilityTimeout="5")
    assert [bodies(sqs, queue), bodies(sqs, queue)] == [["a", "b"], []]
    time.sleep(6)
    assert bodies(sqs, queue) == ["a", "b"]


def test_a_long_poll_lasts_until_a_message_comes_back(sqs, name):
    queue = queue_with(sqs, name, "a", VisibilityTimeout="5")
    before = all_clocks()
    assert [bodies(sqs, queue), bodies(sqs, queue, WaitTimeSeconds=20)] == [["a"], ["a"]]
    assert time.time() - before[0] < 10


def test_a_long_poll_that_ends_before_has_no_message(sqs, name):
    queue = queue_with(sqs, name, "a", DelaySeconds="60")
    before = all_clocks()
    assert bodies(sqs, queue, WaitTimeSeconds=20) == []
    assert passed(before) == {20}
    time.sleep(41)
    assert bodies(sqs, queue) == ["a"]


def test_a_program_may_drain_a_queue_until_a_time(sqs, name):
    queue, found, end = queue_with(sqs, name, "a"), [], time.monotonic() + 60
    while time.monotonic() < end:
        found += bodies(sqs, queue, WaitTimeSeconds=5, VisibilityTimeout=300)
    assert found == ["a"]


def test_messages_go_to_the_dead_letter_queue_after_their_timeouts(sqs, name):
    dead = queue_with(sqs, f"{name}-dead")
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    redrive = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 2})
    queue = queue_with(sqs, name, "a", VisibilityTimeout="30", RedrivePolicy=redrive)
    for expected in (["a"], ["a"], []):
        assert bodies(sqs, queue) == expected
        time.sleep(31)
    assert bodies(sqs, dead) == ["a"]


def test_a_duplicate_is_new_after_five_minutes(sqs, name):
    queue = queue_with(sqs, f"{name}.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    for pause, expected in ((0, ["a"]), (200, []), (200, ["a"])):
        time.sleep(pause)
        sqs.send_message(QueueUrl=queue, MessageBody="a", MessageGroupId="g")
        answer = sqs.receive_message(QueueUrl=queue).get("Messages", [])
        assert [message["Body"] for message in answer] == expected
        for message in answer:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


def iterator_of(stream, shard, kind, **more):
    answer = boto3.client("kinesis").get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType=kind, **more
    )
    return answer["ShardIterator"]


def test_an_iterator_at_a_time_between_two_records(cloud, stream, shards):
    kinesis = boto3.client("kinesis")
    first = cloud.put(stream, shards[0], *some_events(2))
    time.sleep(2)
    between = datetime.datetime.now(datetime.UTC)
    second = cloud.put(stream, shards[0], *some_events(3))
    iterator = iterator_of(stream, shards[0], "AT_TIMESTAMP", Timestamp=between)
    records = kinesis.get_records(ShardIterator=iterator)["Records"]
    assert [record["SequenceNumber"] for record in records] == [number for number, _ in second]
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        iterator_of(stream, shards[0], "AT_TIMESTAMP", Timestamp=between + timedelta(hours=1))


def test_an_iterator_expires(stream, shards):
    kinesis = boto3.client("kinesis")
    iterator = iterator_of(stream, shards[0], "TRIM_HORIZON")
    time.sleep(200)
    following = kinesis.get_records(ShardIterator=iterator)["NextShardIterator"]
    time.sleep(200)
    kinesis.get_records(ShardIterator=following)
    with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
        kinesis.get_records(ShardIterator=iterator)
"""


def test_virtual_time(tmp_path: Path) -> None:
    """The code runs as checks, each in virtual time."""
    folder = clone(tmp_path / "clone")
    (folder / "checks" / "test_time.py").write_text(CODE)

    run = run_checks(folder, checkpoints=["time"])

    assert run.counts == {"time": (CODE.count("\ndef test_"),) * 2}, run.text
