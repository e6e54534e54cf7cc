"""Students rehearse a case at home: the scene, the requests, and what came back."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import cases
from autograder.cases import write_case
from autograder.tests.student_repository.clone import SOLUTION, clone, files_of, run_checks

SHARD = "shardId-000000000001"
READER, WRITER = "kinesis_read_shards", "kinesis_multi_shard"
BROKERS = "compare_with_sqs"


def word_of(*steps: cases.Step) -> str:
    """Write a case."""
    word = write_case(steps)
    assert word is not None
    return word


def filled(records: int) -> list[cases.Step]:
    """Make a stream, and put records into its second shard."""
    return [
        cases.MakeStream("meters", 2),
        *(
            cases.PutRecord("meters", SHARD, f'{{"eventId": {number}, "userId": "eve"}}', "eve")
            for number in range(records)
        ),
    ]


def read(*arguments: object, function: str = "read_from_shard") -> cases.Call:
    """Make a call of the reader."""
    return cases.Call(READER, function, ["meters", SHARD, *arguments], {}, [])


def rehearse(folder: Path, word: str, *options: str, typed: str = "") -> tuple[int, str]:
    """Run the command of a clone as a student does; returns the exit code, and what it printed."""
    done = subprocess.run(
        [sys.executable, "checks/rehearse.py", word, *options],
        cwd=folder, input=typed, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


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
    assert "  (5 times; boto3 itself asks up to 5 times)" in text


def test_each_key_of_a_result_has_a_line(solved: Path) -> None:
    """So a missing shard is seen."""
    call = cases.Call(READER, "read_all_shards", ["meters"], {}, [])

    _, text = rehearse(solved, word_of(*filled(9), call))

    assert "  a dict of 2\n" in text
    assert re.search(r"^ +'shardId-000000000000': \[\]$", text, re.MULTILINE)
    assert re.search(r"^ +'shardId-000000000001': \[\('", text, re.MULTILINE)


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


def test_the_debugger_stops_at_the_first_line_of_the_function(tmp_path: Path) -> None:
    """The student's function, not a function of the checks."""
    source = b"def read_from_shard(name, shard, most=50):\n    found = name * 2\n    return found\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()), "--pdb", typed="p name\nc\n")

    assert status == 0
    assert "kinesis_read_shards.py(2)read_from_shard()" in text
    assert "(Pdb) 'meters'" in text


def test_the_debugger_stops_in_each_call_of_a_case(tmp_path: Path) -> None:
    """After the scene of each; the second call begins where the first has ended."""
    source = b"def read_from_shard(name, shard, most=50):\n    return most\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(
        folder, word_of(*filled(1), read(), read(7)), "--pdb", typed="p most\nc\np most\nc\n"
    )

    assert status == 0
    assert "(Pdb) 50" in text
    assert "(Pdb) 7" in text
    assert text.index("Before the call") < text.index("(Pdb) 50")


def test_what_is_saved_from_the_debugger_is_what_the_whole_case_does(tmp_path: Path) -> None:
    """Calls in a row run in the debugger too, so the saved check is red."""
    source = b"def read_from_shard(name, shard, most=50):\n    return most\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})
    call = cases.Call(READER, "read_from_shard", ["meters", SHARD], {}, [["meters", SHARD, 7]])

    status, text = rehearse(
        folder, word_of(*filled(1), call), "--pdb", "--save", typed="c\np most\nc\n"
    )
    done = run_checks(folder, "checks/test_rehearsed.py")

    assert status == 0
    assert "(Pdb) 7" in text
    assert done.status == 1
    assert "still ends as in the test that you lost" in done.text


def test_leaving_the_debugger_is_not_taken_for_a_result(tmp_path: Path) -> None:
    """Nothing was returned."""
    source = b"def read_from_shard(name, shard, most=50):\n    return most\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()), "--pdb", typed="q\n")

    assert status == 0
    assert "You left the debugger before the call came to its end." in text
    assert "Returned" not in text


def test_a_saved_case_fails_for_a_mistake_of_another_kind(tmp_path: Path) -> None:
    """A misspelt name does not fix it."""
    folder = clone(tmp_path / "clone", files_of("wrong/gives_up_after_three_empty_pages"))
    word = word_of(*filled(5), cases.ServeEmptyPages("meters", SHARD, 2, 6), read())
    rehearse(folder, word, "--save")
    (folder / f"{READER}.py").write_text("def read_from_shard(name, shard, most=50):\n    oops\n")

    done = run_checks(folder, "checks/test_rehearsed.py")

    assert done.status == 1
    assert "raised NameError" in done.text


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


def test_a_saved_case_is_a_check_that_fails_until_the_function_is_mended(tmp_path: Path) -> None:
    """And it is saved once."""
    wrong = files_of("wrong/gives_up_after_three_empty_pages")
    folder = clone(tmp_path / "clone", wrong)
    word = word_of(*filled(5), cases.ServeEmptyPages("meters", SHARD, 2, 6), read())

    status, text = rehearse(folder, word, "--save")
    again = rehearse(folder, word, "--save")
    before = run_checks(folder, "checks/test_rehearsed.py")
    (folder / f"{READER}.py").write_bytes(SOLUTION.files[f"{READER}.py"])
    after = run_checks(folder, "checks/test_rehearsed.py")

    assert status == 0
    assert "Saved as test_case_1 in checks/test_rehearsed.py" in text
    assert "has this case already" in again[1]
    assert before.status == 1
    assert "still ends as in the test that you lost" in before.text
    assert after.status == 0


def test_saved_cases_have_numbers_of_their_own(tmp_path: Path) -> None:
    """Also after one of them was taken out of the file, whose line ends stay."""
    folder = clone(tmp_path / "clone", SOLUTION.files)
    file = folder / "checks" / "test_rehearsed.py"
    for records in (1, 2):
        rehearse(folder, word_of(*filled(records), read()), "--save")
    text = file.read_text()
    file.write_bytes(text.replace("def test_case_1", "def case_1").replace("\n", "\r\n").encode())

    _, said = rehearse(folder, word_of(*filled(3), read()), "--save")

    assert "Saved as test_case_3" in said
    assert b"def test_case_2() -> None:\r\n" in file.read_bytes()


def test_a_value_that_holds_itself_can_be_shown_and_saved(tmp_path: Path) -> None:
    """Its type is shown instead."""
    source = (
        b"def read_from_shard(name, shard, most=50):\n    a = []\n    a.append(a)\n    return a\n"
    )
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()), "--save")

    assert status == 0
    assert "Saved as test_case_1" in text


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
