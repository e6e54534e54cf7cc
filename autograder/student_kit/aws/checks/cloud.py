"""Gives the checks direct access to the simulated AWS: to prepare it, and to look into it."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from moto.kinesis.models import Shard, Stream, kinesis_backends
from moto.sqs.models import Queue, sqs_backends

from checks import patched_records, patched_sqs, patched_streams
from checks.faults import faults
from checks.patched_moto import REGION
from checks.virtual_time import start_over

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class StoredRecord:
    """What a shard keeps of a record."""

    shard_id: str
    sequence_number: str
    partition_key: str
    data: bytes


class Cloud:
    """The simulated AWS, seen from inside: its methods cause no faults and are not counted."""

    faults = faults

    def empty(self) -> None:
        """Delete all streams and queues immediately, and set the clock to the machine's time."""
        self._backend.streams.clear()
        self._queues.queues.clear()
        start_over()

    def create_stream(self, stream: str, shards: int, status: str = "ACTIVE") -> list[str]:
        """Create a stream, and return the ids of its shards."""
        self._backend.create_stream(stream, shards)
        if status != "ACTIVE":
            patched_streams.begin_change(self._stream(stream), status)
        return self.shard_ids(stream)

    def status(self, stream: str) -> str | None:
        """Return a stream's status, or None if the stream does not exist."""
        patched_streams.finish_due_changes(self._backend)
        found = self._backend.streams.get(stream)
        return None if found is None else str(found.status)

    def shard_ids(self, stream: str) -> list[str]:
        """List all shards of a stream, closed ones too."""
        return sorted(self._stream(stream).shards)

    def split(self, stream: str, shard_id: str) -> list[str]:
        """Split a shard in two, and return the ids of the new ones."""
        before = set(self.shard_ids(stream))
        shard = self._stream(stream).shards[shard_id]
        self._stream(stream).split_shard(
            shard_id, str((shard.starting_hash + shard.ending_hash) // 2)
        )
        return sorted(set(self.shard_ids(stream)) - before)

    def merge(self, stream: str, shard_id: str, adjacent: str) -> None:
        """Merge two adjacent shards."""
        self._stream(stream).merge_shards(shard_id, adjacent)

    def put(self, stream: str, shard_id: str, *events: dict[str, Any]) -> list[list[Any]]:
        """Put events into a shard, and return them as pairs [sequence number, event]."""
        return [
            [self.put_data(stream, shard_id, json.dumps(event).encode(), event["userId"]), event]
            for event in events
        ]

    def put_data(self, stream: str, shard_id: str, data: bytes, partition_key: str) -> str:
        """Put a record into a shard, and return its sequence number."""
        shard: Shard = self._stream(stream).shards[shard_id]
        number: str = shard.put_record(partition_key, b64encode(data).decode(), "")
        return number

    def shard_for(self, stream: str, partition_key: str) -> str:
        """Return the id of the open shard that a partition key belongs to."""
        shard: Shard = self._stream(stream).get_shard_for_key(partition_key, "")
        return str(shard.shard_id)

    def stream_names(self) -> list[str]:
        """List all streams."""
        patched_streams.finish_due_changes(self._backend)
        return sorted(self._backend.streams)

    def shards(self, stream: str) -> list[tuple[str, bool, tuple[str, ...]]]:
        """List all shards of a stream: id, whether it is open, and the shards it came from."""
        return [
            (shard_id, shard.is_open, tuple(filter(None, (shard.parent, shard.adjacent_parent))))
            for shard_id, shard in sorted(self._stream(stream).shards.items())
        ]

    def create_queue(self, queue: str, attributes: dict[str, str]) -> None:
        """Create a queue."""
        self._queues.create_queue(queue, {}, **attributes)

    def send(self, queue: str, body: str) -> None:
        """Send a message."""
        self._queues.send_message(queue, body)

    def queue_names(self) -> list[str]:
        """List all queues."""
        return sorted(self._queues.queues)

    def records(self, stream: str) -> list[StoredRecord]:
        """List all records of a stream, shard by shard, the oldest first."""
        return [
            StoredRecord(
                shard_id,
                str(record.sequence_number),
                record.partition_key,
                record.to_json()["Data"],
            )
            for shard_id, shard in sorted(self._stream(stream).shards.items())
            for record in shard.records.values()
        ]

    def handed_out(self, name: str) -> int:
        """Return how many records of a stream, or messages of a queue, were handed out."""
        return patched_records.handed_out[name] + patched_sqs.handed_out[name]

    def idle_answers(self, stream: str) -> int:
        """Return how many GetRecords responses in a row were empty and said "caught up"."""
        return patched_records.idle_answers[stream]

    def has_queue(self, queue: str) -> bool:
        """Tell whether a queue of this name exists."""
        return queue in self._queues.queues

    def is_purged(self, queue: str) -> bool:
        """Tell whether a queue was purged."""
        return queue in patched_sqs.purged

    def left_in_queue(self, queue: str) -> tuple[int, int]:
        """Return how many messages of a queue are visible, and how many are in flight."""
        found: Queue = self._queues.queues[queue]
        in_flight = found.approximate_number_of_messages_not_visible
        return found.approximate_number_of_messages, in_flight

    @property
    def _backend(self) -> Any:
        return kinesis_backends[ACCOUNT][REGION]

    @property
    def _queues(self) -> Any:
        return sqs_backends[ACCOUNT][REGION]

    def _stream(self, stream: str) -> Stream:
        found: Stream = self._backend.streams[stream]
        return found
