"""What a hidden test arranges and calls becomes a case, and nothing else does."""

from collections.abc import Iterator

import pytest

from autograder import cases
from autograder.aws.fault_kinds import Fail, LateRecord, PageSize, RejectRecords, Throttle
from autograder.aws.recording import NOT_TEXT, OWN_ERROR, TOO_LARGE, Recorder
from autograder.aws.simulated import Cloud

FIRST, SECOND = "shardId-000000000000", "shardId-000000000001"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Make an empty simulated AWS."""
    with Cloud() as cloud:
        yield cloud


def steps_of(recorder: Recorder) -> tuple[cases.Step, ...]:
    """Read the case that was recorded."""
    word, why_none = recorder.case()
    assert why_none is None
    return cases.read_case(word or "")


def test_steps_are_recorded_in_their_order(cloud: Cloud) -> None:
    """With the fault's target, also where the test left it out."""
    recorder = Recorder(cloud)
    recorder.scene.kinesis.create_stream("meters", 2)
    recorder.scene.kinesis.put_in_shard("meters", SECOND, b"one", "ada")
    recorder.scene.kinesis.split("meters", FIRST)
    recorder.scene.sqs.create_queue("parcels")
    recorder.scene.sqs.send("parcels", "body")
    recorder.scene.faults.add(PageSize(3))
    recorder.scene.faults.add(Throttle("GetRecords", times=7))
    recorder.note_call("module", "read", ["meters"], {"limit": 3}, [])

    assert steps_of(recorder) == (
        cases.MakeStream("meters", 2),
        cases.PutRecord("meters", SECOND, "one", "ada"),
        cases.SplitShard("meters", FIRST),
        cases.MakeQueue("parcels", {}),
        cases.SendMessage("parcels", "body"),
        cases.LimitPages("meters", 3),
        cases.Throttle("GetRecords", "meters", 7, 0, None),
        cases.Call("module", "read", ["meters"], {"limit": 3}, []),
    )


def test_a_sequence_number_in_an_argument_becomes_its_place(cloud: Cloud) -> None:
    """At home, the record has another number."""
    recorder = Recorder(cloud)
    recorder.scene.kinesis.create_stream("meters", 2)
    recorder.scene.kinesis.put_in_shard("meters", SECOND, b"one", "ada")
    number = recorder.scene.kinesis.put_in_shard("meters", SECOND, b"two", "ada").sequence_number
    recorder.note_call("module", "replay", ["meters", number], {"of": {"x": [number]}}, [])

    call = steps_of(recorder)[-1]

    place = {cases.NUMBER: ["meters", SECOND, 1]}
    assert call == cases.Call("module", "replay", ["meters", place], {"of": {"x": [place]}}, [])


def test_rejected_records_are_recorded_by_the_order_in_which_they_came(cloud: Cloud) -> None:
    """What chooses them is code of the test, which is not passed on."""
    recorder = Recorder(cloud)
    recorder.scene.kinesis.create_stream("meters", 1)
    recorder.scene.faults.add(
        RejectRecords(lambda record: record["Data"] in (b"b", b"d"), times_each=2)
    )
    recorder.note_call("module", "send", ["meters"], {}, [])
    for data in "abbacbdd":
        cloud.gate.kinesis.answer(
            "PutRecords",
            {"StreamName": "meters", "Records": [{"Data": _base64(data), "PartitionKey": "k"}]},
        )

    assert cases.RejectPuts("meters", [1, 3], 2) in steps_of(recorder)


def _base64(text: str) -> str:
    return {"a": "YQ==", "b": "Yg==", "c": "Yw==", "d": "ZA=="}[text]


def test_a_scene_that_no_case_can_hold_says_why(cloud: Cloud) -> None:
    """Too large, not text, or an error that the checks do not know."""
    large, odd, failing, late = (Recorder(cloud) for _ in range(4))
    for recorder in (large, odd, failing, late):
        recorder.scene.kinesis.create_stream(f"meters-{id(recorder)}", 1)
    for number in range(300):
        large.scene.kinesis.put(f"meters-{id(large)}", f"{number**7}".encode(), "k")
    odd.scene.kinesis.put(f"meters-{id(odd)}", b"\xff", "k")
    failing.scene.faults.add(Fail("GetRecords", "InternalFailure", stream=f"meters-{id(failing)}"))
    late.scene.faults.add(LateRecord(FIRST, b"\xff", "k", stream=f"meters-{id(late)}"))

    assert [recorder.case() for recorder in (large, odd, failing, late)] == [
        (None, TOO_LARGE),
        (None, NOT_TEXT),
        (None, OWN_ERROR),
        (None, NOT_TEXT),
    ]
