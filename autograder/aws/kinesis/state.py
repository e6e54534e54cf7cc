"""moto's streams and shards, mended where they depart from Kinesis.

Sequence numbers are long, unique in the stream and increasing; closed shards keep their records
and take no new ones; a hash range includes both its ends; streams take their time to come and go.
"""

import hashlib
import itertools
import math
import re
from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from moto.kinesis.models import KinesisBackend, Shard, Stream

from autograder.aws.clock import Clock
from autograder.aws.errors import AwsError, invalid_argument, not_found, throughput_exceeded

ACCOUNT = "123456789012"
REGION = "us-east-1"

# The smallest sequence number: of the same length as AWS's, 56 digits. The order, the shard's
# number in the low bits and the gaps are what matters; the rest of AWS's layout is not documented.
FIRST_NUMBER = 49680493233141036045526529930629267219971077360861577218
STEP = 1 << 36
SHARD_STEP = 16

RECORDS_PER_SECOND = 1000
BYTES_PER_SECOND = 1 << 20
HASH_KEYS = 1 << 128


class Settings:
    """How the cloud behaves, unless a test says otherwise."""

    def __init__(
        self, creating_seconds: float, creating_describes: int, *, throughput_limits: bool
    ) -> None:
        self.creating_seconds = creating_seconds
        self.creating_describes = creating_describes
        self.throughput_limits = throughput_limits


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record as a shard keeps it; moto's own take several times the room, and are never freed."""

    number: int
    partition_key: str
    data: str
    """In base64."""
    created_at: float
    """Virtual time, in seconds since the epoch."""


class FaithfulShard(Shard):
    """A shard whose sequence numbers and end are as AWS has them.

    It keeps its records in a log of its own, where moto neither finds nor moves them.
    """

    backend: "FaithfulBackend"
    log: list[KeptRecord]
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
    def adopt(cls, shard: Shard, backend: "FaithfulBackend") -> None:
        """Turn a shard that moto made into a faithful one."""
        shard.__class__ = cls
        assert isinstance(shard, FaithfulShard)
        shard.backend = backend
        shard.starting_number = backend.next_number(shard)
        shard.opened_at, shard.closed_at = backend.clock.now(), math.inf
        shard.ending_number = None
        shard.children = []
        shard.log = []
        shard._second = shard._second_records = shard._second_bytes = 0

    @property
    def number(self) -> int:
        """The shard's number within the stream."""
        return self._shard_id

    def append(self, partition_key: str, data: str) -> KeptRecord:
        """Append a record; data is base64."""
        now = self.backend.clock.today().timestamp()
        record = KeptRecord(self.backend.next_number(self), partition_key, data, now)
        self.log.append(record)
        return record

    def count_up_to(self, number: int) -> int:
        """Tell how many records have this sequence number or a smaller one."""
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
        """Check that the shard can take a write: 1,000 records and 1 MiB a second are its limits.

        Source: Amazon Kinesis Data Streams, "Quotas and limits".

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

    def close(self, children: "list[FaithfulShard]") -> None:
        """End the shard: it keeps its records and passes new ones to its children."""
        self.is_open = False
        self.closed_at = self.backend.clock.now()
        self.ending_number = self.backend.next_number(self)
        self.children = children


class FaithfulStream(Stream):
    """A stream that takes its time to come and go, and reshards as Kinesis does."""

    backend: "FaithfulBackend"
    changes_at: float
    describes_left: int

    @classmethod
    def adopt(cls, stream: Stream, backend: "FaithfulBackend") -> "FaithfulStream":
        """Turn a stream that moto made into a faithful one."""
        stream.__class__ = cls
        assert isinstance(stream, FaithfulStream)
        stream.backend = backend
        stream.creation_datetime = backend.clock.today()
        for shard in stream.shards.values():
            FaithfulShard.adopt(shard, backend)
        stream.begin("ACTIVE")
        return stream

    def begin(self, status: str) -> None:
        """Enter a status; CREATING and DELETING pass by themselves."""
        self.status = status
        self.changes_at = self.backend.clock.now() + self.backend.settings.creating_seconds
        self.describes_left = self.backend.settings.creating_describes

    def faithful_shards(self) -> list[FaithfulShard]:
        """List all shards, closed ones too, by their id."""
        shards = sorted(self.shards.values(), key=lambda shard: shard.shard_id)
        return [shard for shard in shards if isinstance(shard, FaithfulShard)]

    def open_shard_for(self, partition_key: str, explicit_hash_key: str | None) -> FaithfulShard:
        """Find the open shard that a key leads to.

        Raises:
            AwsError: The explicit hash key is none.
        """
        if explicit_hash_key:
            is_number = re.fullmatch(r"0|[1-9]\d{0,38}", explicit_hash_key, re.ASCII)
            if not is_number or int(explicit_hash_key) >= HASH_KEYS:
                raise invalid_argument(
                    "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
                    f"Specified value was {explicit_hash_key[:60]}"
                )
            key = int(explicit_hash_key)
        else:
            digest = hashlib.md5(partition_key.encode(), usedforsecurity=False)
            key = int.from_bytes(digest.digest())
        return next(
            shard
            for shard in self.shards.values()
            if shard.is_open
            and shard.starting_hash <= key <= shard.ending_hash
            and isinstance(shard, FaithfulShard)
        )

    def split_shard(self, shard_to_split: str, new_starting_hash_key: str) -> None:
        """Split a shard; its records stay where they are."""
        before = set(self.shards)
        super().split_shard(shard_to_split, new_starting_hash_key)
        self._close([self.shards[shard_to_split]], before)

    def merge_shards(self, shard_to_merge: str, adjacent_shard_to_merge: str) -> None:
        """Merge two shards; their records stay where they are."""
        self.expect_mergeable(shard_to_merge, adjacent_shard_to_merge)
        parents = [self.shards[shard_to_merge], self.shards[adjacent_shard_to_merge]]
        before = set(self.shards)
        super().merge_shards(shard_to_merge, adjacent_shard_to_merge)
        self._close(parents, before)

    def expect_mergeable(self, shard_to_merge: str, adjacent_shard_to_merge: str) -> None:
        """Check that two shards are open and adjacent, in this order.

        Raises:
            AwsError: They are not.
        """
        first, second = self.shards[shard_to_merge], self.shards[adjacent_shard_to_merge]
        adjacent = first.ending_hash + 1 == second.starting_hash
        if not (adjacent and first.is_open and second.is_open):
            raise invalid_argument(
                f"Shards {shard_to_merge} and {adjacent_shard_to_merge} in stream "
                f"{self.stream_name} under account {ACCOUNT} are not an adjacent pair of shards "
                "eligible for merging"
            )

    def _close(self, parents: list[Shard], before: set[str]) -> None:
        children = [shard for name, shard in self.shards.items() if name not in before]
        for child in children:
            FaithfulShard.adopt(child, self.backend)
        for parent in parents:
            assert isinstance(parent, FaithfulShard)
            parent.close([child for child in children if isinstance(child, FaithfulShard)])


class FaithfulBackend(KinesisBackend):
    """moto's Kinesis, its streams being faithful ones."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        super().__init__(REGION, ACCOUNT)
        self.clock = clock
        self.settings = settings
        self._numbers = itertools.count(1)

    def next_number(self, shard: Shard) -> int:
        """Draw the next sequence number for a shard."""
        return FIRST_NUMBER + next(self._numbers) * STEP + shard._shard_id * SHARD_STEP

    def make_stream(
        self, name: str, shards: int, mode: dict[str, str] | None, status: str
    ) -> FaithfulStream:
        """Make a stream that begins in this status.

        Raises:
            AwsError: There is one of that name, be it on its way out.
        """
        self.expect_free(name)
        stream = FaithfulStream.adopt(super().create_stream(name, shards, mode), self)
        stream.begin(status)
        return stream

    def expect_free(self, name: str) -> None:
        """Check that a stream can be made under this name.

        Raises:
            AwsError: There is one of that name, be it on its way out.
        """
        if self.find(name) is not None:
            raise AwsError(
                "ResourceInUseException",
                f"Stream {name} under account {ACCOUNT} already exists.",
            )

    def find(self, name: str) -> FaithfulStream | None:
        """Find a stream as it is by now; None where there is none, or no more."""
        stream = self.streams.get(name)
        if not isinstance(stream, FaithfulStream):
            return None
        if self.clock.now() >= stream.changes_at or stream.describes_left <= 0:
            if stream.status == "DELETING":
                del self.streams[name]
                return None
            if stream.status == "CREATING":
                stream.status = "ACTIVE"
        return stream

    def describe_stream(self, stream_arn: str | None, stream_name: str | None) -> FaithfulStream:
        """Find a stream by its ARN or its name.

        Raises:
            AwsError: There is none.
        """
        name = stream_name or (stream_arn or "").rsplit("/", 1)[-1]
        stream = self.find(name)
        if stream is None:
            raise not_found(f"Stream {name} under account {ACCOUNT} not found.")
        return stream
