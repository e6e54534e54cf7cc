"""The kinds of scripted faults: what Kinesis and SQS do now and then, on demand."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from autograder.parsing import LARGEST_JSON

STREAM_OPERATIONS = frozenset(
    {
        "CreateStream",
        "DeleteStream",
        "DescribeStream",
        "DescribeStreamSummary",
        "GetRecords",
        "GetShardIterator",
        "ListShards",
        "MergeShards",
        "PutRecord",
        "PutRecords",
        "SplitShard",
    }
)
"""The operations on a stream that can be made to fail: those whose checks are our own. moto checks
and carries out the others in one step, which leaves no moment for a fault to strike."""

QUEUE_OPERATIONS = frozenset({"ReceiveMessage"})
"""The operations on a queue that can be made to fail, for the same reason."""

SECOND_READING = 2
"""A late record arrives between the first and the second reading of a shard."""

_SHARD_OPERATIONS = frozenset({"GetRecords", "GetShardIterator"})
_PUTS = frozenset({"PutRecord", "PutRecords"})
_CONTROL_PLANE = STREAM_OPERATIONS - _SHARD_OPERATIONS - _PUTS
LIFECYCLE = frozenset({"CreateStream", "DeleteStream"})

LARGEST_CHOSEN = LARGEST_JSON
"""In bytes. No larger record is shown to `choose`, which would have to parse up to 1 MiB of a
student's data while every other request waits. Nor does a test take it for an event: both have the
same bound, so that no event is too large for a fault."""


Choose = Callable[[dict[str, Any]], bool]
"""Given {"Data": bytes, "PartitionKey": str}, whether a fault is about this record.

The data comes from a student. A record of more than LARGEST_CHOSEN bytes is not shown to it; that
record, and one for which it raises an exception, is not chosen: no data that a student makes up may
look like a failure of the grader.
"""


@dataclass(frozen=True)
class Fail:
    """Answer an operation with an error, `times` times, after letting `after` requests through.

    Attributes:
        operation: One of STREAM_OPERATIONS or QUEUE_OPERATIONS.
        message: The error's text; `{shard}`, `{stream}` and `{account}` become the request's.
        times: How many requests are refused.
        after: How many requests pass before that.
        stream: The stream whose requests are counted, for an operation on a stream.
        queue: The queue whose requests are counted, for an operation on a queue.
        shard: The only shard whose requests are counted, for an operation on a shard.
        choose: For PutRecord and PutRecords: only requests with a chosen record are counted.
            Otherwise a student could use the fault up with records that the test does not ask for.
    """

    operation: str
    error: str
    message: str = ""
    status: int = 400
    times: int = 1
    after: int = 0
    stream: str | None = None
    queue: str | None = None
    shard: str | None = None
    choose: Choose | None = None

    def __post_init__(self) -> None:
        """Refuse a fault that could never strike.

        Raises:
            ValueError: The operation cannot be made to fail, or has no such target.
        """
        if self.operation not in STREAM_OPERATIONS | QUEUE_OPERATIONS:
            raise ValueError(f"no fault can be scripted for {self.operation}")
        misplaced = self.queue if self.operation in STREAM_OPERATIONS else self.stream
        if misplaced is not None:
            raise ValueError(f"{self.operation} is not an operation on {misplaced!r}")
        if self.shard is not None and self.operation not in _SHARD_OPERATIONS:
            raise ValueError(f"{self.operation} is not an operation on {self.shard!r}")
        if self.choose is not None and self.operation not in _PUTS:
            raise ValueError(f"{self.operation} does not put records that could be chosen")


def Throttle(  # noqa: N802 - reads as a fault
    operation: str,
    times: int,
    after: int = 0,
    stream: str | None = None,
    shard: str | None = None,
    choose: Choose | None = None,
) -> Fail:
    """Refuse an operation on a stream for its rate, as AWS words it for that operation."""
    if operation in _CONTROL_PLANE:
        error, message = "LimitExceededException", "Rate exceeded."
    else:
        error = "ProvisionedThroughputExceededException"
        message = "Rate exceeded for shard {shard} in stream {stream} under account {account}."
    return Fail(
        operation,
        error,
        message,
        times=times,
        after=after,
        stream=stream,
        shard=shard,
        choose=choose,
    )


@dataclass(frozen=True)
class RejectRecords:
    """Reject chosen records, whether they come in PutRecords or PutRecord.

    Attributes:
        choose: Whether a record is rejected.
        times_each: How often each is rejected before it is taken.
        stream: The stream that the records are put into.
        identity: Given the same as `choose`, by what a record is known when it is tried again. A
            writer may make another record for each attempt, with a new timestamp.
    """

    choose: Choose
    times_each: int = 1
    stream: str | None = None
    identity: Callable[[dict[str, Any]], Hashable] = lambda record: (
        record["PartitionKey"],
        record["Data"],
    )


@dataclass(frozen=True)
class EmptyPages:
    """Answer `pages` empty pages before a shard's record `before_record`, on every reading.

    Attributes:
        shard_id: The shard; None for every shard of the stream.
    """

    shard_id: str | None
    before_record: int
    pages: int
    millis_behind: int = 4200
    stream: str | None = None


@dataclass(frozen=True)
class PageSize:
    """Let GetRecords return at most `records` records, whatever the request asks for."""

    records: int
    stream: str | None = None


@dataclass(frozen=True)
class ShardPageSize:
    """Let DescribeStream and ListShards return at most `shards` shards a page."""

    shards: int
    stream: str | None = None


@dataclass(frozen=True)
class ReceiveSize:
    """Let ReceiveMessage hand out at most `messages` messages, whatever the request asks for."""

    messages: int
    queue: str | None = None


@dataclass(frozen=True)
class LateRecord:
    """Append a record to a shard as soon as a second reading of it begins (GetShardIterator)."""

    shard_id: str
    data: bytes
    partition_key: str
    stream: str | None = None


Fault = Fail | RejectRecords | EmptyPages | PageSize | ShardPageSize | ReceiveSize | LateRecord
