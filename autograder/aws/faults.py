"""The scripted faults in force, and what each has counted.

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
from autograder.aws.fault_kinds import (
    LARGEST_CHOSEN,
    LIFECYCLE,
    QUEUE_OPERATIONS,
    SECOND_READING,
    STREAM_OPERATIONS,
    Choose,
    EmptyPages,
    Fail,
    Fault,
    LateRecord,
    PageSize,
    ReceiveSize,
    RejectRecords,
    ShardPageSize,
)
from autograder.aws.moto_adapter import ACCOUNT

_Kind = TypeVar("_Kind", bound=Fault)

MOST_LOOKED_AT = 10_000
"""Records whose order is noted; a student may put any number."""


@dataclass
class _Binding:
    """A fault in force on one stream or queue, and what it has counted there."""

    fault: Fault
    target: str
    requests: int = 0
    rejected: Counter[Hashable] = field(default_factory=Counter)
    looked_at: dict[Hashable, bool] = field(default_factory=dict)
    """Whether each record was chosen, in the order in which they came first; see MOST_LOOKED_AT."""

    def restart(self) -> None:
        """Count from the beginning."""
        self.requests = 0
        self.rejected.clear()
        self.looked_at.clear()

    def is_chosen(self, identity: Hashable, record: dict[str, Any], choose: Choose) -> bool:
        """Ask a fault about a record, and note the answer for `Faults.chosen_records`."""
        chosen = choose(record)
        if len(self.looked_at) < MOST_LOOKED_AT:
            self.looked_at.setdefault(identity, chosen)
        return chosen


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
                isinstance(fault, Fail) and fault.operation in STREAM_OPERATIONS - LIFECYCLE
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
            shard_id: The shard, if it is about one; of several records, that of the first.
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
                    raise AwsError(
                        fault.error, _worded(fault.message, target, shard_id), fault.status
                    )

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
                is_chosen = binding.is_chosen(identity, record, fault.choose)
                if is_chosen and binding.rejected[identity] < fault.times_each:
                    binding.rejected[identity] += 1
                    return True
        return False

    def chosen_records(self, fault: RejectRecords) -> list[int]:
        """Tell which records a fault has chosen, by the order in which they came first."""
        looked_at = next((each.looked_at for each in self._bindings if each.fault is fault), {})
        return [number for number, chosen in enumerate(looked_at.values()) if chosen]

    def target_of(self, fault: Fault) -> str:
        """Return the stream or queue that a fault is bound to, or would be."""
        bound = (binding.target for binding in self._bindings if binding.fault is fault)
        return next(bound, None) or self._target_of(fault)

    def empty_pages(self, stream: str, shard_id: str) -> tuple[EmptyPages, ...]:
        """List the empty pages of one shard."""
        return tuple(
            fault for fault in self._on(stream, EmptyPages) if fault.shard_id in (None, shard_id)
        )

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


def _worded(message: str, target: str, shard_id: str | None) -> str:
    """Fill in what a request asked for."""
    asked = {"{shard}": shard_id or "", "{stream}": target, "{account}": ACCOUNT}
    for place, value in asked.items():
        message = message.replace(place, value)
    return message
