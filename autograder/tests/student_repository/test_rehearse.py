"""Students rehearse a case at home: the scene, the requests, and what came back."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import cases
from autograder.tests.student_repository.clone import SOLUTION, clone, run_checks
from autograder.tests.student_repository.rehearsing import (
    BROKERS,
    READER,
    SHARD,
    WRITER,
    filled,
    read,
    rehearse,
    word_of,
)


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a clone with the solution's files."""
    return clone(tmp_path_factory.mktemp("solved") / "clone", SOLUTION.files)


def test_faults_of_the_scene_strike_and_are_marked(solved: Path) -> None:
    """Pages, empty pages and throttles, each request in a line."""
    word = word_of(
        *filled(5),
        cases.LimitPages("meters", 2),
        cases.ServeEmptyPages("meters", SHARD, 2, 1),
        cases.Throttle("GetRecords", "meters", 1, 0, SHARD),
        read(),
    )

    status, text = rehearse(solved, word)

    assert status == 0
    assert "shard 1 |[0][1][2][3][4]>" in text
    assert f"Your code: read_from_shard('meters', '{SHARD}')" in text
    assert "GetRecords shard 1 Limit=50 -> THROTTLED ProvisionedThroughputExceededException" in text
    assert "GetRecords shard 1 Limit=48 -> EMPTY PAGE, 4200 ms behind" in text
    assert "a list of 5" in text
    assert "After the call\n  as before\n" in text


def test_a_page_tells_whether_more_follow(tmp_path: Path) -> None:
    """A page of shards, and one of records at the end of a shard, which is not a fault's page."""
    source = b"""import boto3
def read_from_shard(name, shard, most=50):
    kinesis = boto3.client("kinesis")
    kinesis.list_shards(StreamName=name, MaxResults=1)
    kinesis.describe_stream(StreamName=name, Limit=1)
    kinesis.describe_stream(StreamName=name)
    last = kinesis.get_shard_iterator(
        StreamName=name, ShardId=shard, ShardIteratorType="LATEST"
    )["ShardIterator"]
    kinesis.get_records(ShardIterator=last)
"""
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()))

    assert status == 0
    assert "ListShards MaxResults=1 -> 1 shard, more follow" in text
    assert "DescribeStream Limit=1 -> ACTIVE, 1 shard, more follow" in text
    assert "DescribeStream -> ACTIVE, 2 shards\n" in text
    assert "GetRecords shard 1 -> 0 records, 0 ms behind" in text


def test_requests_that_boto3_repeats_are_told_from_the_students(solved: Path) -> None:
    """It says how often boto3 asks by itself."""
    word = word_of(*filled(1), cases.Throttle("GetRecords", "meters", 5, 0, SHARD), read())

    status, text = rehearse(solved, word)

    assert status == 0
    assert f"Rate exceeded for shard {SHARD} in stream meters" in text
    assert "  (5 times; boto3 itself asks 5 times)" in text


def test_each_key_of_a_result_has_a_line(solved: Path) -> None:
    """So a missing shard is seen."""
    call = cases.Call(READER, "read_all_shards", ["meters"], {}, [])

    _, text = rehearse(solved, word_of(*filled(9), call))

    assert "  a dict of 2\n" in text
    assert re.search(r"^ +'shardId-000000000000': \(0\) \[\]$", text, re.MULTILINE)
    assert re.search(r"^ +'shardId-000000000001': \(9\) \[\('", text, re.MULTILINE)


def test_a_message_is_shown_with_what_it_was_asked_for(tmp_path: Path) -> None:
    """Its text when it is sent, and how long it stays hidden when it is received."""
    source = b"""import boto3

def read_queue_twice(name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    return len(sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"])
"""
    folder = clone(tmp_path / "clone", {f"{BROKERS}.py": source})
    call = cases.Call(BROKERS, "read_queue_twice", ["parcels", []], {}, [])

    _, text = rehearse(folder, word_of(call))

    assert "SendMessage 'hello' -> done" in text
    assert "ReceiveMessage VisibilityTimeout=0 -> 1 message" in text


def test_an_offset_is_that_of_the_same_record_at_home(solved: Path) -> None:
    """Though its sequence number differs."""
    place = {cases.NUMBER: ["meters", SHARD, 3]}

    status, text = rehearse(solved, word_of(*filled(5), read(place, function="replay_from_offset")))

    assert status == 0
    assert "a list of 2" in text
    assert "'eventId': 3" in text


def test_records_are_rejected_in_the_order_in_which_they_come(solved: Path) -> None:
    """Also by a writer that makes each record again, with another time."""
    call = cases.Call(WRITER, "send_events_to_shards", ["meters", 6], {}, [])
    word = word_of(cases.MakeStream("meters", 2), cases.RejectPuts("meters", [1, 4], 3), call)

    status, text = rehearse(solved, word)

    assert status == 0
    assert "REJECTED 2 of 5 records" in text


def test_an_error_shows_the_students_own_lines(tmp_path: Path) -> None:
    """And what was printed before."""
    source = (
        b"def read_from_shard(name, shard, most=50):\n    print('reading', name)\n    {}['x']\n"
    )
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()))

    assert status == 0
    assert "Raised KeyError: 'x'" in text
    assert "kinesis_read_shards.py, line 3: {}['x']" in text
    assert "  reading meters" in text


def test_what_is_logged_is_shown_with_what_is_printed(tmp_path: Path) -> None:
    """In order, in each call; the log still has the stream of the first call."""
    source = b"""import logging
logging.basicConfig(format="log %(message)s")
def read_from_shard(name, shard, most=50):
    print("reads", most)
    logging.warning("has read %s", most)
"""
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read(), read(7)))

    assert status == 0
    shown = text[text.index("Call 1 of 2") :]
    assert re.findall("(?:log|reads) .*", shown) == [
        *("reads 50", "log has read 50"),
        *("reads 7", "log has read 7"),
    ]


def test_records_that_are_sent_are_told_apart(tmp_path: Path) -> None:
    """Each batch has its own line, with its keys and what of it was rejected."""
    source = b"""import boto3

def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    for _ in range(2):
        kinesis.put_records(
            StreamName=stream_name,
            Records=[{"Data": key, "PartitionKey": key} for key in ("ann", "bob")],
        )
"""
    folder = clone(tmp_path / "clone", {"kinesis_multi_shard.py": source})
    call = cases.Call("kinesis_multi_shard", "send_events_to_shards", ["meters", 2], {}, [])
    word = word_of(cases.MakeStream("meters", 2), cases.RejectPuts("meters", [1], 9), call)

    _, text = rehearse(folder, word)

    assert text.count("PutRecords 2 records 'ann' 'bob' -> REJECTED 1 of 2 records: 1") == 2


def test_calls_share_their_time(tmp_path: Path) -> None:
    """Only the first that never ends has all of it."""
    source = b"def read_from_shard(name, shard, most=50):\n    while True:\n        pass\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), *[read()] * 4))

    assert status == 0
    assert text.count("not ended after 1 s") == 3


@pytest.mark.parametrize(
    "steps",
    [
        [cases.Call("os", "system", ["touch broken"], {}, [])],
        [cases.Call("checks", "play", [], {}, [])],
        [cases.Call(READER, "boto3", [], {}, [])],
        [cases.Call(READER, "no_such_function", [], {}, [])],
        [cases.Call(READER, "follow_iterator", [], {}, [])],
        [cases.MakeStream("meters", 2)],
        [cases.PutRecord("meters", SHARD, "x", "k"), read()],
        [cases.MakeStream("meters", 2), cases.MakeStream("meters", 2), read()],
        [*filled(1), read({cases.NUMBER: ["meters", SHARD, 9]})],
        [*filled(1), read({cases.NUMBER: 3})],
    ],
    ids=range(10),
)
def test_a_case_that_somebody_made_up_fails_with_a_line(
    steps: list[cases.Step], solved: Path
) -> None:
    """It calls nothing but a function of a graded file that a check calls too."""
    status, text = rehearse(solved, word_of(*steps))

    assert status == 2
    assert len(text.splitlines()) == 1
    assert not (solved / "broken").exists()


def test_a_function_may_be_decorated_by_a_helper(tmp_path: Path) -> None:
    """Its module is another one then, which is the student's too."""
    helper = b"""def logged(function):
    def call(*arguments):
        print("calls")
        return function(*arguments)
    return call
"""
    source = b"""import functools
from helper import logged
@logged
def read(most, name, shard):
    return [name] * most
read_from_shard = functools.partial(read, 3)
"""
    folder = clone(tmp_path / "clone", {f"{READER}.py": source, "helper.py": helper})

    status, text = rehearse(folder, word_of(*filled(1), read()))

    assert status == 0
    assert "a list of 3" in text


def test_a_case_calls_no_function_that_is_not_the_students(tmp_path: Path) -> None:
    """Even if a graded file has it by the name of one that the checks call."""
    source = b"from subprocess import call as read_from_shard\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})
    call = cases.Call(READER, "read_from_shard", [["touch", "broken"]], {}, [])

    status, text = rehearse(folder, word_of(*filled(1), call))

    assert status == 2
    assert "has no function read_from_shard" in text
    assert not (folder / "broken").exists()


def test_the_end_of_the_process_is_shown(tmp_path: Path) -> None:
    """With the scene and the requests."""
    source = b"import os\ndef read_from_shard(name, shard, most=50):\n    os._exit(0)\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()))

    assert status == 0
    assert "your code ended the process with os._exit(0)" in text
    assert "kinesis_read_shards.py, line 3" in text


THREAD = b"""import threading
import boto3
def send():
    while True:
        try:
            boto3.session.Session().client("kinesis").list_streams()
        except Exception:
            pass
def read_from_shard(name, shard, most=50):
    threading.Thread(target=send).start()
    return []
"""


def test_a_thread_that_is_left_reaches_no_other_aws_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the AWS that the machine's settings name."""
    folder = clone(tmp_path / "clone", {f"{READER}.py": THREAD})
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{other.getsockname()[1]}")
        other.settimeout(0)

        status, text = rehearse(folder, word_of(*filled(1), read()))

        with pytest.raises(BlockingIOError):
            other.accept()
    assert status == 0
    assert "A thread that your code started still ran, and was ended." in text


ENDLESS = b"""import time
def read_from_shard(name, shard, most=50):
    while True:
        try:
            time.sleep(1)
        except:
            pass
"""


def test_code_that_catches_each_interrupt_ends_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a rehearsal and in the checks, which print what they know so far."""
    folder = clone(tmp_path / "clone", {f"{READER}.py": ENDLESS})
    monkeypatch.setenv("CHECK_SECONDS", "0.2")

    status, text = rehearse(folder, word_of(*filled(1), read()))
    checks = run_checks(folder, checkpoints=["reader"])

    assert (status, checks.status) == (1, 1)
    for said in (text, checks.text):
        assert "Your code runs on and on, and catches each interrupt" in said


def test_another_package_named_checks_is_said_in_a_line(solved: Path, tmp_path: Path) -> None:
    """Such as one of the machine's settings."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "__init__.py").touch()

    done = subprocess.run(
        [sys.executable, "checks/rehearse.py", word_of(*filled(1), read())],
        cwd=solved, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "Another file or folder named `checks` hides the checks: rename it.\n"
