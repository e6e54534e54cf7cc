"""What the simulated AWS saw: each request with its outcome, and the budget of a call."""

import math
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from autograder.sandbox import StopReason

MAX_CALLS = 20_000
"""More than any budget of a test allows: what a flood sends beyond is not kept."""
MAX_LOGGED_BYTES = 64 << 20
"""Of memory: what requests hold when the log stops keeping their parameters and answers."""
HELD_PER_REQUEST = 4096
"""Bytes: a line of the log, and moto's objects for a message, a queue or ten receipt handles."""
COPIES_OF_PARAMETERS = 2
"""The log's, and the one that a queue keeps."""
HELD_PER_TRAFFIC = 2
"""Times the traffic of one call: what its largest requests hold if their text is ASCII. Python
keeps four bytes for each character of a text with an emoji, however many of them are ASCII."""


NAMING = ("StreamName", "StreamARN", "ShardIterator", "QueueUrl", "QueueName")
"""Parameters that name a stream or a queue."""
LONGEST_NAME = 1024


class Service(StrEnum):
    """The services that exist."""

    KINESIS = "kinesis"
    SQS = "sqs"
    STS = "sts"
    """Of which only GetCallerIdentity exists."""


ESSENTIAL_OPERATIONS = frozenset(
    {
        *("CreateStream", "DeleteStream", "DescribeStream", "DescribeStreamSummary"),
        *("GetRecords", "GetShardIterator", "ListShards", "ListStreams", "MergeShards"),
        *("PutRecord", "PutRecords", "SplitShard"),
        *("ChangeMessageVisibility", "CreateQueue", "DeleteMessage", "DeleteMessageBatch"),
        *("DeleteQueue", "GetQueueAttributes", "GetQueueUrl", "ListQueues", "PurgeQueue"),
        *("ReceiveMessage", "SendMessage", "SendMessageBatch"),
    }
)
"""Operations that assignments rely on. If the simulated AWS fails at one of them, that is the
grader's fault. At any other, a student may have provoked it on purpose, to open the points."""


@dataclass(frozen=True)
class LoggedCall:
    """One request."""

    service: Service
    operation: str
    parameters: dict[str, Any]
    """As sent, without members that do not exist; empty if malformed, or if the log is full."""
    attempt: int
    """1 for the first try, more for boto3's own retries."""
    invocation: str
    """The id that boto3 gives to a call and all its retries."""
    status: int
    error: str | None
    """AWS's error code."""
    response: dict[str, Any]
    at: float
    """Virtual time, in seconds since the epoch."""
    internal_error: str | None = None
    """What failed in the simulated AWS itself."""

    @property
    def is_essential(self) -> bool:
        """Whether the operation is one that assignments rely on."""
        return self.operation in ESSENTIAL_OPERATIONS


class CallLog:
    """All requests since the last reset, within bounds; safe for threads."""

    def __init__(self) -> None:
        self._calls: list[LoggedCall] = []
        self.held_bytes = 0
        """The memory that all requests hold, at most. Deleting a message or a stream frees
        nothing: the log and the duplicates that a FIFO queue knows remain."""
        self._lock = threading.Lock()

    def add(self, call: LoggedCall, held_bytes: int) -> None:
        """Add a request; `held_bytes` is what `held_by_request` says of its parameters."""
        with self._lock:
            self.held_bytes += held_bytes + memory_of(call.response)
            if len(self._calls) < MAX_CALLS:
                self._calls.append(call)

    def has_room(self) -> bool:
        """Tell whether parameters and answers are still kept."""
        return self.held_bytes < MAX_LOGGED_BYTES

    def all(self) -> tuple[LoggedCall, ...]:
        """List all requests, in the order of their arrival."""
        with self._lock:
            return tuple(self._calls)

    def of(self, *operations: str) -> tuple[LoggedCall, ...]:
        """List the requests of these operations."""
        return tuple(call for call in self.all() if call.operation in operations)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._calls.clear()
            self.held_bytes = 0


def names_in(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return which stream or queue a request names; this is kept however full the log is."""
    return {
        key: value
        for key in NAMING
        if isinstance(value := parameters.get(key), str) and len(value) <= LONGEST_NAME
    }


def held_by_request(parameters: dict[str, Any]) -> int:
    """Return the bytes of memory that a request of these parameters holds at most, in the end."""
    return HELD_PER_REQUEST + COPIES_OF_PARAMETERS * memory_of(parameters)


def memory_of(value: Any) -> int:
    """Return the bytes of memory that plain JSON takes."""
    size = sys.getsizeof(value)
    if isinstance(value, dict):
        return size + sum(memory_of(key) + memory_of(member) for key, member in value.items())
    if isinstance(value, list):
        return size + sum(memory_of(member) for member in value)
    return size


@dataclass(frozen=True)
class CallBudget:
    """What one call of a student's function may ask of the simulated AWS."""

    api_calls: int
    idle_reads: int
    """GetRecords answers in a row, on one shard, that were empty and said "caught up"."""
    traffic_bytes: int
    """Bodies of requests and answers together. With HELD_PER_TRAFFIC, it also bounds the memory
    that all requests of a test hold."""
    seconds: float = math.inf
    """Processor time of the simulated AWS for all answers together."""


class Meter:
    """Counts what a call asks for; calls `on_exceeded` once when its budget is exceeded."""

    def __init__(self, budget: CallBudget, on_exceeded: Callable[[StopReason], None]) -> None:
        self._budget = budget
        self._on_exceeded = on_exceeded
        self._api_calls = 0
        self._traffic_bytes = 0
        self.seconds = 0.0
        """Processor time that the answers took so far."""
        self._idle: Counter[tuple[str, str]] = Counter()
        self._exceeded = False
        self._lock = threading.Lock()

    def count_request(self) -> bool:
        """Count a request; False where the budget is used up."""
        with self._lock:
            self._api_calls += 1
            if self._api_calls > self._budget.api_calls:
                self._exceed(StopReason.API_CALLS)
            return not self._exceeded

    def count_bytes(self, size: int) -> bool:
        """Count the bytes of a body; False where the budget is used up."""
        with self._lock:
            self._traffic_bytes += size
            if self._traffic_bytes > self._budget.traffic_bytes:
                self._exceed(StopReason.TRAFFIC)
            return not self._exceeded

    def has_room_for(self, held_bytes: int) -> bool:
        """Tell whether all requests of a test may hold so much memory; False ends the call."""
        with self._lock:
            if held_bytes > HELD_PER_TRAFFIC * self._budget.traffic_bytes:
                self._exceed(StopReason.TRAFFIC)
            return not self._exceeded

    def count_seconds(self, seconds: float) -> None:
        """Count the processor time of an answer."""
        with self._lock:
            self.seconds += seconds
            if self.seconds > self._budget.seconds:
                self._exceed(StopReason.ANSWERS)

    def count_read(self, shard: tuple[str, str], *, idle: bool) -> None:
        """Count an answer of GetRecords."""
        with self._lock:
            self._idle[shard] = self._idle[shard] + 1 if idle else 0
            if self._idle[shard] > self._budget.idle_reads:
                self._exceed(StopReason.IDLE_READS)

    def _exceed(self, reason: StopReason) -> None:
        if not self._exceeded:
            self._exceeded = True
            self._on_exceeded(reason)
