"""Several faults on one request: which strikes first, and what each of them sees."""

from typing import TYPE_CHECKING, Any

import pytest

from autograder.aws import Cloud, Fail, RejectRecords, Throttle
from autograder.aws.faults import LARGEST_CHOSEN
from autograder.tests.aws.kinesis_requests import THROTTLED, put, stored

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


def test_a_later_throttle_counts_only_what_earlier_ones_let_through(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """In the order in which they were added."""
    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(Throttle("PutRecord", times=2))
    cloud.faults.add(Fail("PutRecord", "KMSThrottlingException", "Slow down.", times=1, after=1))

    codes = [put(kinesis, "s") for _ in range(5)]

    assert codes == [THROTTLED, THROTTLED, "", "KMSThrottlingException", ""]


def test_a_record_is_rejected_only_in_a_request_that_no_fault_refuses(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Whichever was added first: the failures of requests come before those of records."""
    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(RejectRecords(lambda _: True, times_each=1))
    cloud.faults.add(Fail("PutRecord", "KMSThrottlingException", "Slow down."))

    codes = [put(kinesis, "s") for _ in range(3)]

    assert codes == ["KMSThrottlingException", THROTTLED, ""]
    assert stored(cloud, "s") == [b"x"]


def test_two_rejections_follow_each_other(cloud: Cloud, kinesis: "KinesisClient") -> None:
    """The second counts a record only when the first lets it through."""
    cloud.kinesis.create_stream("s", 1)
    for _ in range(2):
        cloud.faults.add(RejectRecords(lambda _: True, times_each=1))

    codes = [put(kinesis, "s") for _ in range(3)]

    assert codes == [THROTTLED, THROTTLED, ""]


def test_a_shard_that_is_over_its_rate_uses_up_no_rejection() -> None:
    """A record that the shard's own limit refuses is not shown to any fault."""
    seen: list[str] = []

    def choose(record: dict[str, Any]) -> bool:
        seen.append(record["PartitionKey"])
        return False

    with Cloud(throughput_limits=True) as cloud:
        cloud.kinesis.create_stream("s", 1)
        cloud.faults.add(RejectRecords(choose))
        batch = [{"Data": "eA==", "PartitionKey": str(number)} for number in range(500)]
        failed = [
            cloud.gate.kinesis.answer("PutRecords", {"StreamName": "s", "Records": batch})[
                "FailedRecordCount"
            ]
            for _ in range(8)
        ]
        taken = stored(cloud, "s")

    assert sum(failed) > 0
    assert len(seen) == len(taken)


def test_a_record_that_is_too_large_is_not_shown_to_choose(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """It is taken; up to the bound a record is shown whole."""
    seen: list[int] = []

    def choose(record: dict[str, Any]) -> bool:
        seen.append(len(record["Data"]))
        return True

    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(RejectRecords(choose))

    codes = [put(kinesis, "s", bytes(LARGEST_CHOSEN + more)) for more in (0, 1, 1 << 19)]

    assert codes == [THROTTLED, "", ""]
    assert seen == [LARGEST_CHOSEN]


@pytest.mark.parametrize("error", [RecursionError, MemoryError, KeyError, AssertionError])
def test_a_record_that_choose_fails_on_is_taken(
    cloud: Cloud, kinesis: "KinesisClient", error: type[Exception]
) -> None:
    """If a student's data makes it raise, the simulated AWS has not failed."""

    def choose(_: dict[str, Any]) -> bool:
        raise error

    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(RejectRecords(choose))

    code = put(kinesis, "s")

    assert code == ""
    assert [call.internal_error for call in cloud.calls.all()] == [None]
