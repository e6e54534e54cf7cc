"""Streams, corrected where moto's depart from Kinesis, and the backend that holds them.

Streams take their time to come and go; a hash range includes both its ends; resharding leaves
records where they are.
"""

import hashlib
import itertools
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from moto.kinesis.models import KinesisBackend, Shard, Stream

from autograder.aws.clock import AwsClock
from autograder.aws.errors import AwsError, invalid_argument, not_found
from autograder.aws.kinesis.shards import FaithfulShard
from autograder.aws.moto_adapter import ACCOUNT, REGION, shard_number

StreamStatus = Literal["CREATING", "ACTIVE", "UPDATING", "DELETING"]

# The smallest sequence number has 56 digits, as AWS's have. What matters is that numbers increase,
# have gaps (code that counts on is wrong), and hold the shard's number in the low bits; the rest of
# AWS's layout is not documented.
FIRST_SEQUENCE_NUMBER = 49680493233141036045526529930629267219971077360861577218
SEQUENCE_STEP = 1 << 36
SHARD_STEP = 16

HASH_KEYS = 1 << 128
"""Hash keys are MD5 sums, read as numbers."""
KIB = 1024
DEFAULT_RECORD_KIB = 1024
"""The largest record of a stream that is made without MaxRecordSizeInKiB."""
MAX_SHARDS = 500
"""Of an account, open and closed ones together."""


@dataclass(frozen=True)
class StreamSettings:
    """How streams behave.

    Attributes:
        creating_seconds: How long a stream stays CREATING, UPDATING or DELETING, in virtual
            seconds.
        creating_describes: After how many looks at it that ends in any case.
        throughput_limits: Whether shards refuse more than they take in a second.
    """

    creating_seconds: float
    creating_describes: int
    throughput_limits: bool


@dataclass
class StreamConsumer:
    """A registered consumer: CREATING for as long as a new stream is, and then ACTIVE."""

    consumer_name: str
    stream_arn: str
    created_at: float
    """Virtual time, in seconds since the epoch."""
    describes_left: int
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def consumer_arn(self) -> str:
        """The consumer's ARN; it ends in the time at which it was registered."""
        return f"{self.stream_arn}/consumer/{self.consumer_name}:{int(self.created_at)}"


class FaithfulStream(Stream):
    """A stream that takes its time to come and go, and reshards as Kinesis does."""

    backend: "FaithfulBackend"
    changes_at: float
    describes_left: int
    max_record_bytes: int
    """The largest record, its partition key included."""
    registered_consumers: list[StreamConsumer]
    scaled_at: list[float]
    """When UpdateShardCount changed it, in seconds since the epoch."""

    @property
    def is_on_demand(self) -> bool:
        """Whether AWS manages the shards."""
        return bool(self.stream_mode["StreamMode"] == "ON_DEMAND")

    @property
    def is_encrypted(self) -> bool:
        """Whether records that arrive now are encrypted."""
        return self.encryption_type == "KMS"

    @classmethod
    def adopt(cls, stream: Stream, backend: "FaithfulBackend") -> "FaithfulStream":
        """Turn a stream that moto made into a `FaithfulStream`."""
        stream.__class__ = cls
        assert isinstance(stream, FaithfulStream)
        stream.backend = backend
        stream.creation_datetime = backend.clock.today()
        stream.max_record_bytes = DEFAULT_RECORD_KIB * KIB
        stream.registered_consumers = []
        stream.scaled_at = []
        for shard in stream.shards.values():
            FaithfulShard.adopt(shard, backend)
        stream.enter("ACTIVE")
        return stream

    def enter(self, status: StreamStatus) -> None:
        """Enter a status; CREATING, UPDATING and DELETING pass by themselves."""
        self.status = status
        self.changes_at = self.backend.clock.now() + self.backend.settings.creating_seconds
        self.describes_left = self.backend.settings.creating_describes

    def shown_shards(self) -> list[FaithfulShard]:
        """List the shards as clients see them: a stream that is CREATING has none yet.

        Source: kinesalite's tests of CreateStream, which were recorded on AWS.
        """
        return [] if self.status == "CREATING" else self.faithful_shards()

    def faithful_shards(self) -> list[FaithfulShard]:
        """List all shards, closed ones too, by their id."""
        shards = sorted(self.shards.values(), key=lambda shard: shard.shard_id)
        return [shard for shard in shards if isinstance(shard, FaithfulShard)]

    def shard(self, shard_id: str) -> FaithfulShard:
        """Find a shard by its id, whose zeros at the start may be missing.

        Source: kinesalite's tests of GetShardIterator, which were recorded on AWS.

        Raises:
            AwsError: There is none.
        """
        if found := re.fullmatch(r"(?:[^-]*-)?([0-9]{1,12})", shard_id):
            shard_id = f"shardId-{int(found[1]):012}"
        shard = self.shards.get(shard_id)
        if not isinstance(shard, FaithfulShard):
            raise not_found(
                f"Shard {shard_id} in stream {self.stream_name} under account {ACCOUNT} does not "
                "exist"
            )
        return shard

    def open_shard_for(self, partition_key: str, explicit_hash_key: str | None) -> FaithfulShard:
        """Find the open shard that a key leads to.

        Raises:
            AwsError: The explicit hash key is too large.
        """
        if explicit_hash_key:
            if int(explicit_hash_key) >= HASH_KEYS:
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
        """Close the parents of new shards, whose numbers follow the parents' ends."""
        for parent in parents:
            assert isinstance(parent, FaithfulShard)
            parent.close()
        children = [
            FaithfulShard.adopt(shard, self.backend)
            for name, shard in self.shards.items()
            if name not in before
        ]
        for parent in parents:
            assert isinstance(parent, FaithfulShard)
            parent.children = children


class FaithfulBackend(KinesisBackend):
    """moto's Kinesis, with streams of `FaithfulStream`."""

    def __init__(self, clock: AwsClock, settings: StreamSettings) -> None:
        super().__init__(REGION, ACCOUNT)
        self.clock = clock
        self.settings = settings
        self._numbers = itertools.count(1)
        self.latest_number = FIRST_SEQUENCE_NUMBER
        """The largest sequence number of all shards."""

    def next_number(self, shard: Shard) -> int:
        """Draw the next sequence number for a shard."""
        self.latest_number = (
            FIRST_SEQUENCE_NUMBER
            + next(self._numbers) * SEQUENCE_STEP
            + shard_number(shard) * SHARD_STEP
        )
        return self.latest_number

    def make_stream(
        self, name: str, shards: int, mode: dict[str, str] | None, status: StreamStatus
    ) -> FaithfulStream:
        """Make a stream that begins in this status.

        Raises:
            AwsError: A stream of that name exists, possibly DELETING.
        """
        self.expect_free(name)
        stream = FaithfulStream.adopt(super().create_stream(name, shards, mode), self)
        stream.enter(status)
        return stream

    def expect_free(self, name: str) -> None:
        """Check that a stream can be made under this name.

        Raises:
            AwsError: A stream of that name exists, possibly DELETING.
        """
        if self.find(name) is not None:
            raise AwsError(
                "ResourceInUseException",
                f"Stream {name} under account {ACCOUNT} already exists.",
            )

    def find(self, name: str) -> FaithfulStream | None:
        """Find a stream, in its present status; None if it does not exist, or not any more."""
        stream = self.streams.get(name)
        if not isinstance(stream, FaithfulStream):
            return None
        if self.clock.now() >= stream.changes_at or stream.describes_left <= 0:
            if stream.status == "DELETING":
                del self.streams[name]
                return None
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

    def named_stream(self, parameters: dict[str, Any]) -> FaithfulStream:
        """Find the stream that a request names.

        Raises:
            AwsError: It names no stream, or the stream does not exist.
        """
        name, arn = parameters.get("StreamName"), parameters.get("StreamARN")
        if not name and not arn:
            raise invalid_argument("Missing StreamName or StreamARN.")
        return self.describe_stream(arn, name)

    def active_stream(self, parameters: dict[str, Any]) -> FaithfulStream:
        """Find a stream that data can be put into or read from.

        Source: CreateStream, "You can perform the data-plane operations only on an ACTIVE stream";
        ResourceNotFoundException is what PutRecord and GetShardIterator list for it.

        Raises:
            AwsError: It is not there, or not ready.
        """
        stream = self.named_stream(parameters)
        if stream.status == "CREATING":
            raise not_found(
                f"Stream {stream.stream_name} under account {ACCOUNT} not found: it is CREATING."
            )
        return stream

    def expect_ready(self, stream: FaithfulStream, *statuses: StreamStatus) -> None:
        """Check that a stream is in one of these statuses; a refusal counts as a look at it.

        Source: ListShards and SplitShard, ResourceInUseException.

        Raises:
            AwsError: It is in another status.
        """
        if stream.status not in statuses:
            stream.describes_left -= 1
            raise AwsError(
                "ResourceInUseException",
                f"Stream {stream.stream_name} under account {ACCOUNT} not ACTIVE, instead in state "
                f"{stream.status}",
            )

    def present_streams(self) -> list[FaithfulStream]:
        """List the streams that exist, in the order of their names."""
        return [stream for name in sorted(self.streams) if (stream := self.find(name))]

    def count_open_shards(self) -> int:
        """Return how many shards of all streams are open."""
        return sum(
            shard.is_open for stream in self.present_streams() for shard in stream.faithful_shards()
        )

    def expect_room_for(self, shards: int) -> None:
        """Refuse more shards than an account may have.

        Source: "Quotas and limits"; AWS counts open shards, and gives more room on request.

        Raises:
            AwsError: The account would have too many.
        """
        present = sum(len(stream.shards) for stream in self.streams.values())
        if present + shards > MAX_SHARDS:
            raise AwsError(
                "LimitExceededException",
                f"This request would exceed the shard limit for the account {ACCOUNT} in {REGION}. "
                f"Current shard count for the account: {present}. Limit: {MAX_SHARDS}. Number of "
                f"additional shards that would have resulted from this request: {shards}.",
            )
