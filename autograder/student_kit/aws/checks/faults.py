"""Faults that the checks inject: what the real Kinesis and SQS do now and then.

A fault belongs to one stream or queue. It affects and counts only requests that would succeed
without it. Nothing here is random; AWS does the same at unpredictable times.

    faults.add(Throttle("GetRecords", times=7, stream="orders"))
    faults.add(EmptyPages("shardId-000000000000", before_record=3, pages=2, stream="orders"))
"""

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True)
class Throttle:
    """Refuse an operation `times` times in a row, after `after` requests that succeed."""

    operation: str
    times: int
    stream: str
    after: int = 0
    shard_id: str | None = None
    """The only shard whose requests are refused and counted; None: all of them."""


@dataclass(frozen=True)
class RejectRecords:
    """Reject chosen records, whether they come in PutRecords or in PutRecord.

    Attributes:
        choose: Given a record's data, tells whether it is rejected.
        times_each: How often each record is rejected before it is taken.
        stream: The stream that the records are put into.
        identity: Given a record's data, returns what identifies the record when it is sent again.
            Your code may build the record again for each attempt, with a new timestamp.
    """

    choose: Callable[[bytes], bool]
    times_each: int
    stream: str
    identity: Callable[[bytes], Hashable] = bytes


@dataclass(frozen=True)
class EmptyPages:
    """Empty pages, which every reading of a shard gets before the record with this index."""

    shard_id: str | None
    """None: every shard of the stream."""
    before_record: int
    pages: int
    stream: str


@dataclass(frozen=True)
class PageSize:
    """The most records that a page of GetRecords has."""

    records: int
    stream: str


@dataclass(frozen=True)
class ShardPageSize:
    """The most shards that a page of DescribeStream or ListShards has."""

    shards: int
    stream: str


@dataclass(frozen=True)
class ReceiveSize:
    """The most messages that one ReceiveMessage returns."""

    messages: int
    queue: str


@dataclass(frozen=True)
class LateRecord:
    """A record that arrives in a shard as soon as the shard is read for the second time."""

    shard_id: str
    data: bytes
    partition_key: str
    stream: str


Fault = Throttle | RejectRecords | EmptyPages | PageSize | ShardPageSize | ReceiveSize | LateRecord
_Kind = TypeVar("_Kind", bound=Fault)


class Faults:
    """The active faults, and how many requests each has counted."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._counts: Counter[tuple[Fault, Hashable]] = Counter()
        self._lock = threading.Lock()  # the simulated AWS answers each request in a thread

    def add(self, fault: Fault) -> None:
        """Activate a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """End all faults."""
        self._faults.clear()
        self._counts.clear()

    def throttles(self, operation: str, stream: str, shard_id: str | None = None) -> bool:
        """Count a request that would succeed. Returns True if it is refused."""
        for fault in self._of(Throttle):
            if (fault.operation, fault.stream) == (operation, stream) and fault.shard_id in (
                None,
                shard_id,
            ):
                count = self._count(fault)
                if fault.after < count <= fault.after + fault.times:
                    return True
        return False

    def rejects(self, stream: str, data: bytes) -> bool:
        """Count a record that would be stored. Returns True if it is rejected this time."""
        return any(
            self._count(fault, fault.identity(data)) <= fault.times_each
            for fault in self._of(RejectRecords)
            if fault.stream == stream and fault.choose(data)
        )

    def empty_pages(self, stream: str, shard_id: str) -> list[EmptyPages]:
        """List the empty pages of one shard."""
        return [
            fault
            for fault in self._of(EmptyPages)
            if fault.stream == stream and fault.shard_id in (None, shard_id)
        ]

    def late_records(self, stream: str, shard_id: str) -> list[LateRecord]:
        """Count a reading of a shard that begins. Returns the records that arrive with it."""
        return [
            fault
            for fault in self._of(LateRecord)
            if (fault.stream, fault.shard_id) == (stream, shard_id) and self._count(fault) == 2
        ]

    def page_size(self, stream: str, asked: int) -> int:
        """Return how many records a page holds at most."""
        sizes = [fault.records for fault in self._of(PageSize) if fault.stream == stream]
        return min([asked, *sizes])

    def shard_page_size(self, stream: str, asked: int) -> int:
        """Return how many shards a page holds at most."""
        sizes = [fault.shards for fault in self._of(ShardPageSize) if fault.stream == stream]
        return min([asked, *sizes])

    def receive_size(self, queue: str, asked: int) -> int:
        """Return how many messages one ReceiveMessage returns at most."""
        sizes = [fault.messages for fault in self._of(ReceiveSize) if fault.queue == queue]
        return min([asked, *sizes])

    def _of(self, kind: type[_Kind]) -> Iterator[_Kind]:
        return (fault for fault in list(self._faults) if isinstance(fault, kind))

    def _count(self, fault: Fault, identity: Hashable = None) -> int:
        with self._lock:
            self._counts[fault, identity] += 1
            return self._counts[fault, identity]


faults = Faults()
"""The active faults. Each check adds its own, and they end with the check."""
