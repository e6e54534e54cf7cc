"""Several faults on one request: which strikes first, and what each fault sees."""

from typing import TYPE_CHECKING, Any

import pytest

from autograder.aws.fault_kinds import LARGEST_CHOSEN, Fail, RejectRecords, Throttle
from autograder.aws.simulated import Cloud
from autograder.tests.aws.kinesis_requests import THROTTLED, put, stored

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


def test_a_later_throttle_counts_only_requests_that_pass_the_earlier_ones(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Throttles apply in the order in which they were added."""
    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(Throttle("PutRecord", times=2))
    cloud.faults.add(Fail("PutRecord", "KMSThrottlingException", "Slow down.", times=1, after=1))

    codes = [put(kinesis, "s") for _ in range(5)]

    assert codes == [THROTTLED, THROTTLED, "", "KMSThrottlingException", ""]


def test_a_record_is_rejected_only_in_a_request_that_no_fault_refuses(
    cloud: Cloud, kinesis: "KinesisClient"
) -> None:
    """Faults on requests apply before faults on records, whichever was added first."""
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
    """A record that the shard's limit refuses is not shown to any fault."""
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
    """It is stored; records up to the limit are shown in full."""
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
def test_a_record_that_choose_fails_on_is_stored(
    cloud: Cloud, kinesis: "KinesisClient", error: type[Exception]
) -> None:
    """If a student's data makes `choose` raise, that is not a failure of the simulated AWS."""

    def choose(_: dict[str, Any]) -> bool:
        raise error

    cloud.kinesis.create_stream("s", 1)
    cloud.faults.add(RejectRecords(choose))

    code = put(kinesis, "s")

    assert code == ""
    assert [call.internal_error for call in cloud.calls.all()] == [None]
