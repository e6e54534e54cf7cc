"""Kinesis's operations that change a stream's shards: split, merge, scale.

Source of behaviour and limits: Amazon Kinesis Data Streams API Reference.
"""

from collections.abc import Callable, Mapping
from typing import Any

from autograder.aws.errors import AwsError, invalid_argument
from autograder.aws.faults import Faults
from autograder.aws.kinesis.shards import FaithfulShard
from autograder.aws.kinesis.streams import HASH_KEYS, FaithfulBackend, FaithfulStream
from autograder.aws.moto_adapter import ACCOUNT

MOST_SCALINGS = 10
"""How often a stream can be scaled in 24 hours."""
DAY = 86_400

Parameters = dict[str, Any]
Answer = dict[str, Any]


class Resharding:
    """Answers the requests that change shards."""

    def __init__(self, backend: FaithfulBackend, faults: Faults) -> None:
        self._backend = backend
        self._faults = faults
        self.operations: Mapping[str, Callable[[Parameters], Answer]] = {
            "MergeShards": self._merge_shards,
            "SplitShard": self._split_shard,
            "UpdateShardCount": self._update_shard_count,
        }
        """What does each operation."""

    def _ready_stream(self, parameters: Parameters) -> FaithfulStream:
        """Find a stream whose shards can be changed now.

        Raises:
            AwsError: It does not exist, is not ACTIVE, or is ON_DEMAND.
        """
        stream = self._backend.named_stream(parameters)
        self._backend.expect_ready(stream, "ACTIVE")
        if stream.is_on_demand:
            raise AwsError(
                "ValidationException",
                f"Request is invalid. Stream {stream.stream_name} under account {ACCOUNT} is in "
                "On-Demand mode.",
            )
        return stream

    def _split_shard(self, parameters: Parameters) -> Answer:
        stream = self._ready_stream(parameters)
        shard = stream.shard(parameters["ShardToSplit"])
        key = parameters["NewStartingHashKey"]
        if not shard.is_open or not shard.starting_hash + 1 < int(key) < shard.ending_hash:
            raise invalid_argument(
                f"Shard {shard.shard_id} in stream {stream.stream_name} under account {ACCOUNT} "
                f"is closed, or does not hold the hash key {key} within its range."
            )
        self._backend.expect_room_for(2)
        self._faults.strike("SplitShard", stream.stream_name)
        stream.split_shard(shard.shard_id, key)
        stream.enter("UPDATING")
        return {}

    def _merge_shards(self, parameters: Parameters) -> Answer:
        stream = self._ready_stream(parameters)
        names = (parameters["ShardToMerge"], parameters["AdjacentShardToMerge"])
        first, second = (stream.shard(name) for name in names)
        self._backend.expect_room_for(1)
        stream.expect_mergeable(first.shard_id, second.shard_id)
        self._faults.strike("MergeShards", stream.stream_name)
        stream.merge_shards(first.shard_id, second.shard_id)
        stream.enter("UPDATING")
        return {}

    def _update_shard_count(self, parameters: Parameters) -> Answer:
        stream = self._ready_stream(parameters)
        now, target = self._backend.clock.now(), parameters["TargetShardCount"]
        count = len(_open_shards(stream))
        if not count <= 2 * target <= 4 * count:
            raise AwsError(
                "LimitExceededException",
                f"UpdateShardCount cannot scale {count} shards to {target}: half as many or twice "
                "as many are the bounds.",
            )
        stream.scaled_at = [moment for moment in stream.scaled_at if now - moment < DAY]
        if len(stream.scaled_at) >= MOST_SCALINGS:
            raise AwsError(
                "LimitExceededException",
                f"Stream {stream.stream_name} under account {ACCOUNT} was scaled {MOST_SCALINGS} "
                "times within 24 hours.",
            )
        keys = _equal_parts(target).difference(
            shard.starting_hash for shard in _open_shards(stream)
        )
        self._backend.expect_room_for(3 * len(keys) + count - target)
        _scale(stream, target)
        stream.scaled_at.append(now)
        stream.enter("UPDATING")
        return {
            "StreamName": stream.stream_name,
            "StreamARN": stream.arn,
            "CurrentShardCount": count,
            "TargetShardCount": target,
        }


def _open_shards(stream: FaithfulStream) -> list[FaithfulShard]:
    """List a stream's open shards in the order of their hash keys."""
    shards = [shard for shard in stream.faithful_shards() if shard.is_open]
    return sorted(shards, key=lambda shard: int(shard.starting_hash))


def _equal_parts(count: int) -> set[int]:
    """Return the hash keys at which `count` shards of the same size begin, as in a new stream."""
    return {number * (HASH_KEYS // count) for number in range(count)}


def _scale(stream: FaithfulStream, count: int) -> None:
    """Split shards where new ones begin, then merge what belongs together.

    Source: UpdateShardCount, ScalingType UNIFORM_SCALING, and "short-lived shards".
    """
    starts = set()
    for key in sorted(_equal_parts(count)):
        shard = stream.open_shard_for("", str(key))
        if shard.starting_hash < key < shard.ending_hash:
            stream.split_shard(shard.shard_id, str(key))
        # A shard cannot be split before its last key: then the next one begins behind that.
        starts.add(key + 1 if shard.starting_hash < key == shard.ending_hash else key)
    last, *others = _open_shards(stream)
    for shard in others:
        if shard.starting_hash in starts:
            last = shard
        else:
            stream.merge_shards(last.shard_id, shard.shard_id)
            last = stream.open_shard_for("", str(last.starting_hash))
    stream.shard_count = count
