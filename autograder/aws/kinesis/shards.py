"""A shard, corrected where moto's departs from Kinesis.

Sequence numbers are long, unique in the stream and increasing; closed shards keep their records
and take no new ones.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol

from moto.kinesis.models import Shard

from autograder.aws.clock import AwsClock
from autograder.aws.errors import throughput_exceeded
from autograder.aws.moto_adapter import ACCOUNT, shard_number

RECORDS_PER_SECOND = 1000
BYTES_PER_SECOND = 1 << 20
"""What a shard takes. Source: Amazon Kinesis Data Streams, "Quotas and limits"."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A record as a shard keeps it; moto's own take several times the room, and are never freed."""

    number: int
    partition_key: str
    data: str
    """In base64."""
    created_at: float
    """Virtual time, in seconds since the epoch."""
    is_encrypted: bool


class ShardBackend(Protocol):
    """What a shard needs of the backend that holds its stream."""

    clock: AwsClock

    def next_number(self, shard: Shard) -> int:
        """Draw the next sequence number for a shard."""


class FaithfulShard(Shard):
    """A shard whose sequence numbers and end are as AWS has them.

    It keeps its records in a separate log, where moto neither finds nor moves them.
    """

    backend: ShardBackend
    log: list[LogEntry]
    starting_number: int
    ending_number: int | None
    opened_at: float
    closed_at: float
    """Virtual times in seconds since the epoch; infinity while the shard is open."""
    children: "list[FaithfulShard]"
    _second: int
    _second_records: int
    _second_bytes: int

    @classmethod
    def adopt(cls, shard: Shard, backend: ShardBackend) -> "FaithfulShard":
        """Turn a shard that moto made into a `FaithfulShard`."""
        shard.__class__ = cls
        assert isinstance(shard, FaithfulShard)
        shard.backend = backend
        shard.starting_number = backend.next_number(shard)
        shard.opened_at, shard.closed_at = backend.clock.now(), math.inf
        shard.ending_number = None
        shard.children = []
        shard.log = []
        shard._second = shard._second_records = shard._second_bytes = 0
        return shard

    @property
    def number(self) -> int:
        """The shard's number within the stream."""
        return shard_number(self)

    def append(self, partition_key: str, data: str, *, is_encrypted: bool = False) -> LogEntry:
        """Append a record; data is base64."""
        now = self.backend.clock.today().timestamp()
        number = self.backend.next_number(self)
        record = LogEntry(number, partition_key, data, now, is_encrypted)
        self.log.append(record)
        return record

    def count_up_to(self, number: int) -> int:
        """Return how many records have this sequence number or a smaller number."""
        return bisect_right(self.log, number, key=attrgetter("number"))

    def get_min_sequence_number(self) -> int:
        """Tell where the shard begins."""
        return self.starting_number

    def get_max_sequence_number(self) -> int:
        """Tell the last sequence number in use."""
        return self.log[-1].number if self.log else self.starting_number

    def to_json(self) -> dict[str, Any]:
        """Describe the shard as Kinesis does."""
        description = super().to_json()
        if self.ending_number is not None:
            numbers = description["SequenceNumberRange"]
            numbers["EndingSequenceNumber"] = str(self.ending_number)
        return description

    def owns(self, number: int) -> bool:
        """Tell whether a sequence number can have come from this shard."""
        index = self.count_up_to(number)
        return number == self.starting_number or (
            index > 0 and self.log[index - 1].number == number
        )

    def expect_throughput(self, size: int, stream: str) -> None:
        """Check that the shard can take a write within its limits of this second.

        Raises:
            AwsError: The limit of this second is reached.
        """
        second = int(self.backend.clock.now())
        if second != self._second:
            self._second, self._second_records, self._second_bytes = second, 0, 0
        if (
            self._second_records + 1 > RECORDS_PER_SECOND
            or self._second_bytes + size > BYTES_PER_SECOND
        ):
            raise throughput_exceeded(self.shard_id, stream, ACCOUNT)

    def take_throughput(self, size: int) -> None:
        """Count a write against the limits of this second."""
        self._second_records += 1
        self._second_bytes += size

    def close(self) -> None:
        """End the shard: it keeps its records and takes no new ones."""
        self.is_open = False
        self.closed_at = self.backend.clock.now()
        self.ending_number = self.backend.next_number(self)
