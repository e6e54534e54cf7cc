"""Scripted faults: the weather that Kinesis has now and then, made to order.

Nothing here is random. A fault sees requests over HTTP only, never what a test arranges.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.cloud.errors import AwsError

_CONTROL_PLANE = frozenset(
    {"CreateStream", "DeleteStream", "DescribeStream", "DescribeStreamSummary", "ListShards"}
)


@dataclass(frozen=True)
class Fail:
    """Answer an operation with an error, so many times, after letting some through."""

    operation: str
    error: str
    message: str = ""
    status: int = 400
    times: int = 1
    after: int = 0


def Throttle(operation: str, times: int, after: int = 0) -> Fail:  # noqa: N802 - reads as a fault
    """Refuse an operation for its rate, as AWS words it for that operation."""
    if operation in _CONTROL_PLANE:
        return Fail(operation, "LimitExceededException", "Rate exceeded.", 400, times, after)
    return Fail(
        operation,
        "ProvisionedThroughputExceededException",
        "Rate exceeded for shard shardId-000000000000.",
        400,
        times,
        after,
    )


@dataclass(frozen=True)
class RejectRecords:
    """Reject chosen records, whether they come in PutRecords or PutRecord.

    Attributes:
        choose: Given {"Data": bytes, "PartitionKey": str}, whether the record is rejected.
        times_each: How often each is rejected before it is taken.
    """

    choose: Callable[[dict[str, Any]], bool]
    times_each: int = 1


@dataclass(frozen=True)
class EmptyPages:
    """Answer so many empty pages before a shard's record of this index, on every reading."""

    shard_id: str
    before_record: int
    pages: int
    millis_behind: int = 4200


@dataclass(frozen=True)
class PageSize:
    """Let GetRecords return at most so many records, whatever is asked."""

    records: int


@dataclass(frozen=True)
class ShardPageSize:
    """Let DescribeStream and ListShards return at most so many shards a page."""

    shards: int


@dataclass(frozen=True)
class ReceiveSize:
    """Let ReceiveMessage hand out at most so many messages, whatever is asked."""

    messages: int


Fault = Fail | RejectRecords | EmptyPages | PageSize | ShardPageSize | ReceiveSize


class Faults:
    """The faults in force, and how often each has struck."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._seen: Counter[int] = Counter()
        self._rejected: Counter[tuple[int, str, bytes]] = Counter()

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Let the sun shine."""
        self._faults.clear()
        self._seen.clear()
        self._rejected.clear()

    def strike(self, operation: str) -> None:
        """Count a request.

        Raises:
            AwsError: A fault hits it.
        """
        for index, fault in enumerate(self._faults):
            if isinstance(fault, Fail) and fault.operation == operation:
                self._seen[index] += 1
                if fault.after < self._seen[index] <= fault.after + fault.times:
                    raise AwsError(fault.error, fault.message, fault.status)

    def rejects(self, partition_key: str, data: str) -> bool:
        """Count a record on its way in; True where it is rejected this time."""
        for index, fault in enumerate(self._faults):
            if isinstance(fault, RejectRecords):
                try:
                    content = base64.b64decode(data)
                except (binascii.Error, ValueError):
                    return False
                key = (index, partition_key, content)
                if self._rejected[key] < fault.times_each and fault.choose(
                    {"Data": content, "PartitionKey": partition_key}
                ):
                    self._rejected[key] += 1
                    return True
        return False

    def empty_pages(self, shard_id: str) -> tuple[EmptyPages, ...]:
        """List the empty pages of one shard."""
        return tuple(
            fault
            for fault in self._faults
            if isinstance(fault, EmptyPages) and fault.shard_id == shard_id
        )

    def page_size(self, asked: int) -> int:
        """Tell how many records a page holds."""
        return min([asked, *(one.records for one in self._faults if isinstance(one, PageSize))])

    def receive_size(self, asked: int) -> int:
        """Tell how many messages are handed out at once."""
        return min([asked, *(one.messages for one in self._faults if isinstance(one, ReceiveSize))])

    def shard_page_size(self, asked: int) -> int:
        """Tell how many shards a page holds."""
        return min([asked, *(one.shards for one in self._faults if isinstance(one, ShardPageSize))])
