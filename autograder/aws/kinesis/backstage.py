"""Arrange and inspect Kinesis without HTTP: no fault strikes, nothing is logged."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.aws.kinesis.shards import FaithfulShard, LogEntry
from autograder.aws.kinesis.streams import FaithfulBackend, StreamStatus


@dataclass(frozen=True)
class StoredRecord:
    """A record as a shard holds it."""

    shard_id: str
    sequence_number: str
    partition_key: str
    data: bytes
    arrived: float
    """Virtual time, in seconds since the epoch."""


class KinesisBackstage:
    """The streams, without HTTP."""

    def __init__(self, backend: FaithfulBackend) -> None:
        self._backend = backend
        self._arranged: list[str] = []

    def create_stream(self, name: str, shards: int, status: StreamStatus = "ACTIVE") -> None:
        """Make a stream, ACTIVE unless another status is given."""
        self._backend.make_stream(name, shards, None, status)
        self._arranged.append(name)

    def arranged(self) -> tuple[str, ...]:
        """List the streams that were made here, whatever has become of them."""
        return tuple(self._arranged)

    def put(
        self, stream: str, data: bytes, partition_key: str, explicit_hash_key: str | None = None
    ) -> StoredRecord:
        """Append a record to the shard that its key leads to."""
        shard = self._backend.describe_stream(None, stream).open_shard_for(
            partition_key, explicit_hash_key
        )
        return _stored(shard, shard.append(partition_key, base64.b64encode(data).decode()))

    def put_in_shard(
        self, stream: str, shard_id: str, data: bytes, partition_key: str
    ) -> StoredRecord:
        """Append a record to one open shard."""
        shard = self._backend.describe_stream(None, stream).shards[shard_id]
        return self.put(stream, data, partition_key, str(shard.starting_hash))

    def records(self, stream: str) -> dict[str, tuple[StoredRecord, ...]]:
        """List the records of each shard; nothing if the stream does not exist."""
        return {shard_id: tuple(records) for shard_id, _, records in self.lazy_records(stream)}

    def lazy_records(self, stream: str) -> Iterator[tuple[str, int, Iterator[StoredRecord]]]:
        """Yield each shard's id, how many records it holds, and an iterator that decodes them."""
        found = self._backend.find(stream)
        for shard in found.faithful_shards() if found else ():
            yield shard.shard_id, len(shard.log), (_stored(shard, record) for record in shard.log)

    def shards(self, stream: str) -> tuple[dict[str, Any], ...]:
        """List the shards as Kinesis describes them."""
        found = self._backend.find(stream)
        return tuple(shard.to_json() for shard in found.faithful_shards()) if found else ()

    def shard_for(self, stream: str, partition_key: str) -> str:
        """Name the open shard that a partition key leads to."""
        return (
            self._backend.describe_stream(None, stream).open_shard_for(partition_key, None).shard_id
        )

    def split(self, stream: str, shard_id: str) -> None:
        """Split a shard in the middle of its range."""
        found = self._backend.describe_stream(None, stream)
        shard = found.shards[shard_id]
        found.split_shard(shard_id, str((shard.starting_hash + shard.ending_hash) // 2))

    def merge(self, stream: str, shard_id: str, adjacent: str) -> None:
        """Merge two adjacent shards."""
        self._backend.describe_stream(None, stream).merge_shards(shard_id, adjacent)

    def status(self, stream: str) -> str | None:
        """Return a stream's status; None if it does not exist."""
        found = self._backend.find(stream)
        return found.status if found else None

    def stream_names(self) -> tuple[str, ...]:
        """List all streams."""
        return tuple(name for name in list(self._backend.streams) if self._backend.find(name))


def _stored(shard: FaithfulShard, record: LogEntry) -> StoredRecord:
    return StoredRecord(
        shard.shard_id,
        str(record.number),
        record.partition_key,
        base64.b64decode(record.data),
        record.created_at,
    )
