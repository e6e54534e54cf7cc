"""Scripted faults: what Kinesis and SQS do now and then, on demand.

Nothing here is random. A fault is bound to one stream or queue and sees requests over HTTP only,
never what a test arranges. It strikes, and counts, only requests that would have succeeded without
it: otherwise a student could use it up on another stream or with requests that AWS refuses.
"""

import base64
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from autograder.aws.errors import AwsError
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

_CONTROL_PLANE = frozenset(
    {"CreateStream", "DeleteStream", "DescribeStream", "DescribeStreamSummary", "ListShards"}
)
_LIFECYCLE = frozenset({"CreateStream", "DeleteStream"})
_SHARD_OPERATIONS = frozenset({"GetRecords", "GetShardIterator"})
_PUTS = frozenset({"PutRecord", "PutRecords"})

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
        message = "Rate exceeded for shard shardId-000000000000."
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
    """Answer `pages` empty pages before a shard's record `before_record`, on every reading."""

    shard_id: str
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
_Kind = TypeVar("_Kind", bound=Fault)


@dataclass
class _Binding:
    """A fault in force on one stream or queue, and what it has counted there."""

    fault: Fault
    target: str
    requests: int = 0
    rejected: Counter[Hashable] = field(default_factory=Counter)

    def restart(self) -> None:
        """Count from the beginning."""
        self.requests = 0
        self.rejected.clear()


class Faults:
    """The faults in force, each on one stream or queue, and how often each has struck.

    Where several faults could strike the same request, this is the order:

    1. AWS's own errors. A request that is invalid, or whose stream or queue is not there or not
       ready, is not counted by any fault.
    2. Fail and Throttle, in the order in which they were added. A request that one refuses is not
       counted by those behind it. Nothing has been changed or counted by then.
    3. RejectRecords, record by record, in the same way.
    4. EmptyPages, then the limits on a page's size, of which the smallest holds.

    Args:
        arranged_streams: Lists the streams that the test made itself.
        arranged_queues: Lists the queues that the test made itself.
    """

    def __init__(
        self,
        arranged_streams: Callable[[], Collection[str]],
        arranged_queues: Callable[[], Collection[str]],
    ) -> None:
        self._arranged_streams = arranged_streams
        self._arranged_queues = arranged_queues
        self._bindings: list[_Binding] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force on the stream or queue that it names.

        If it names none, it is bound to the only one that the test has made so far. A stream or
        queue that student code will make, or has made, must be named:

            cloud.kinesis.create_stream("events", 4)
            cloud.faults.add(PageSize(3))
            cloud.faults.add(ReceiveSize(5, queue="parcels"))

        Raises:
            ValueError: It names no target, and the test has made none or several.
        """
        self._bindings.append(_Binding(fault, self._target_of(fault)))

    def _target_of(self, fault: Fault) -> str:
        if isinstance(fault, ReceiveSize) or (
            isinstance(fault, Fail) and fault.operation in QUEUE_OPERATIONS
        ):
            return fault.queue or _only("queue", self._arranged_queues())
        return fault.stream or _only("stream", self._arranged_streams())

    def restart(self, stream: str) -> None:
        """Count from the beginning on a stream that has been created again.

        It is another stream than its predecessor of that name, on which a student may have used up
        faults. Faults of making and deleting streams go on counting.
        """
        for binding in self._bindings:
            fault = binding.fault
            of_stream = isinstance(fault, RejectRecords) or (
                isinstance(fault, Fail) and fault.operation in STREAM_OPERATIONS - _LIFECYCLE
            )
            if of_stream and binding.target == stream:
                binding.restart()

    def strike(
        self,
        operation: str,
        target: str,
        shard_id: str | None = None,
        records: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Count a request that is about to succeed.

        Args:
            operation: Its name.
            target: The stream or queue.
            shard_id: The shard, if it is about one.
            records: The partition key and the data, in base64, of each record that it puts.

        Raises:
            AwsError: A fault refuses it.
        """
        for binding in self._bindings:
            fault = binding.fault
            if (
                isinstance(fault, Fail)
                and fault.operation == operation
                and binding.target == target
                and fault.shard in (None, shard_id)
                and (fault.choose is None or _is_any_chosen(records, fault.choose))
            ):
                binding.requests += 1
                if fault.after < binding.requests <= fault.after + fault.times:
                    raise AwsError(fault.error, fault.message, fault.status)

    def rejects(self, stream: str, partition_key: str, data: str) -> bool:
        """Count a record that is about to be stored; True if it is rejected this time.

        Args:
            stream: The stream's name.
            partition_key: The record's partition key.
            data: The record's data, in base64.
        """
        bindings = [
            (binding, binding.fault)
            for binding in self._bindings
            if isinstance(binding.fault, RejectRecords) and binding.target == stream
        ]
        if not bindings or decoded_size(data) > LARGEST_CHOSEN:
            return False
        content = base64.b64decode(data)
        for binding, fault in bindings:
            record = {"Data": content, "PartitionKey": partition_key}
            with suppress(Exception):  # a student's data can make the two functions raise anything
                identity = fault.identity(record)
                if binding.rejected[identity] < fault.times_each and fault.choose(record):
                    binding.rejected[identity] += 1
                    return True
        return False

    def empty_pages(self, stream: str, shard_id: str) -> tuple[EmptyPages, ...]:
        """List the empty pages of one shard."""
        return tuple(fault for fault in self._on(stream, EmptyPages) if fault.shard_id == shard_id)

    def late_records(self, stream: str, shard_id: str) -> Iterator[LateRecord]:
        """Count a reading of a shard that begins, and yield the records that arrive with it."""
        for binding in self._bindings:
            fault = binding.fault
            if not isinstance(fault, LateRecord):
                continue
            if binding.target == stream and fault.shard_id == shard_id:
                binding.requests += 1
                if binding.requests == SECOND_READING:
                    yield fault

    def page_size(self, stream: str, asked: int) -> int:
        """Return how many records a page holds at most."""
        return min([asked, *(fault.records for fault in self._on(stream, PageSize))])

    def shard_page_size(self, stream: str, asked: int) -> int:
        """Return how many shards a page holds at most."""
        return min([asked, *(fault.shards for fault in self._on(stream, ShardPageSize))])

    def receive_size(self, queue: str, asked: int) -> int:
        """Return how many messages one answer hands out at most."""
        return min([asked, *(fault.messages for fault in self._on(queue, ReceiveSize))])

    def _on(self, target: str, kind: type[_Kind]) -> Iterator[_Kind]:
        for binding in self._bindings:
            if binding.target == target and isinstance(binding.fault, kind):
                yield binding.fault


def _is_any_chosen(records: Sequence[tuple[str, str]], choose: Choose) -> bool:
    """Return whether `choose` takes one of these records."""
    for partition_key, data in records:
        if decoded_size(data) <= LARGEST_CHOSEN:
            with suppress(Exception):  # a student's data can make it raise anything
                if choose({"Data": base64.b64decode(data), "PartitionKey": partition_key}):
                    return True
    return False


def decoded_size(data: str) -> int:
    """Return the decoded size of base64, in bytes, without decoding it."""
    return len(data) // 4 * 3 - data[-2:].count("=")


def _only(kind: str, arranged: Collection[str]) -> str:
    """Return the only name.

    Raises:
        ValueError: There is none, or there are several.
    """
    if len(arranged) != 1:
        made = f"the test has made {len(arranged)}" if arranged else "the test has made none so far"
        raise ValueError(f"a fault needs the name of its {kind}, as {kind}=...: {made}")
    (name,) = arranged
    return name
