"""The one view of what a student's code did to the simulated AWS: bounded, typed, and total.

A hidden test looks at streams, queues and requests only through this module. A stream may be gone,
a request refused, a record may hold anything: nothing here raises for it, and the time it takes is
linear in the bounds below. What lies beyond a bound is left out, and `Log.total` tells.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Any

from autograder.aws.calls import LoggedCall
from autograder.aws.kinesis.tokens import stream_named_in
from autograder.aws.simulated import Cloud
from autograder.aws.sqs.api import queue_named_in
from autograder.aws.sqs.backstage import Depth
from autograder.parsing import LARGEST_JSON, parsed_json

MOST_STREAMS = 100
MOST_SHARDS = 200
"""Many times what any test asks for."""
MOST_RECORDS = 4_000
"""Of one stream: several times what the largest test asks for."""
LONGEST_DATA = LARGEST_JSON + 1
"""How many bytes of a record are read: a longer record is not an event."""
MOST_RECORD_BYTES = 8 << 20
"""Of all records of a stream that are read."""
LONGEST_PARAMETER = 1_000
"""Characters of one parameter of a request."""
MOST_CALLS = 20_000


@dataclass(frozen=True)
class Record:
    """A record as a shard holds it."""

    shard_id: str
    sequence_number: str
    partition_key: str
    data: bytes

    @cached_property
    def json(self) -> Any:
        """Its data, decoded from JSON; None where they are not valid JSON within bounds."""
        return parsed_json(self.data)

    @cached_property
    def text(self) -> str:
        """Its data as text; what is not UTF-8 is replaced."""
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True)
class Log:
    """The records of a stream, by shard id, each shard's oldest first."""

    by_shard: Mapping[str, tuple[Record, ...]]
    total: int
    """How many there are, those that were not read included."""

    @property
    def is_whole(self) -> bool:
        """Whether all were read. A test must not pass a log that it has not seen."""
        return self.total == sum(map(len, self.by_shard.values()))

    @property
    def records(self) -> tuple[Record, ...]:
        """All records, shard by shard."""
        return tuple(record for records in self.by_shard.values() for record in records)


@dataclass(frozen=True)
class Shard:
    """A shard as Kinesis describes it."""

    shard_id: str
    hash_key_range: Mapping[str, str]
    """Its StartingHashKey and EndingHashKey."""
    is_closed: bool


@dataclass(frozen=True)
class SeenCall:
    """A request that the simulated AWS saw, and its answer, unless it was refused."""

    operation: str
    error: str | None
    """AWS's error code, where it was refused."""
    _call: LoggedCall

    @property
    def target(self) -> str:
        """The stream or queue that it names in any way; empty if none, or if it is malformed."""
        parameters = self._call.parameters
        return stream_named_in(parameters) or queue_named_in(parameters)

    def parameter(self, name: str) -> str:
        """Give a parameter that is text, cut to `LONGEST_PARAMETER`; empty where there is none."""
        value = self._call.parameters.get(name)
        return value[:LONGEST_PARAMETER] if isinstance(value, str) else ""

    @property
    def sent(self) -> tuple[bytes, ...]:
        """The data of the records that PutRecord or PutRecords was to store."""
        records = self._call.parameters.get("Records", [self._call.parameters])
        return tuple(_data_of(record) for record in _list(records))

    @property
    def failed_records(self) -> int:
        """How many records PutRecords rejected."""
        failed = self._call.response.get("FailedRecordCount")
        return failed if isinstance(failed, int) else 0

    @property
    def sequence_numbers(self) -> tuple[str, ...]:
        """The sequence numbers of the records that GetRecords handed out."""
        records = _list(self._call.response.get("Records"))
        return tuple(str(record.get("SequenceNumber")) for record in records)

    @property
    def messages(self) -> tuple[str, ...]:
        """The bodies of the messages that ReceiveMessage handed out."""
        messages = _list(self._call.response.get("Messages"))
        return tuple(str(message.get("Body")) for message in messages)

    @property
    def receipts(self) -> Mapping[str, str]:
        """The ids of the messages that ReceiveMessage handed out, by their receipt handles."""
        messages = _list(self._call.response.get("Messages"))
        return {str(each.get("ReceiptHandle")): str(each.get("MessageId")) for each in messages}

    @property
    def deleted(self) -> tuple[str, ...]:
        """The receipt handles with which DeleteMessage or DeleteMessageBatch deleted messages."""
        if self.error is not None:
            return ()
        failed = {entry.get("Id") for entry in _list(self._call.response.get("Failed"))}
        entries = _list(self._call.parameters.get("Entries", [self._call.parameters]))
        return tuple(
            str(entry.get("ReceiptHandle")) for entry in entries if entry.get("Id") not in failed
        )

    @property
    def iterator(self) -> str | None:
        """The shard iterator that GetShardIterator gave, or the next one that GetRecords gave."""
        response = self._call.response
        found = response.get("ShardIterator", response.get("NextShardIterator"))
        return found if isinstance(found, str) else None

    @property
    def more_follow(self) -> bool:
        """Whether GetRecords said that the shard holds more."""
        return bool(
            self._call.response.get("NextShardIterator")
            and self._call.response.get("MillisBehindLatest")
        )


class Seen:
    """What a student's code did to the simulated AWS.

    Args:
        cloud: The simulated AWS.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def streams(self) -> tuple[str, ...]:
        """List the names of the streams."""
        return self._cloud.kinesis.stream_names()[:MOST_STREAMS]

    def status(self, stream: str) -> str | None:
        """Return a stream's status; None if it does not exist."""
        return self._cloud.kinesis.status(stream)

    def shards(self, stream: str) -> tuple[Shard, ...]:
        """List a stream's shards, closed ones too; empty where there is no such stream."""
        return tuple(
            Shard(
                shard["ShardId"],
                MappingProxyType(dict(shard["HashKeyRange"])),
                "EndingSequenceNumber" in shard["SequenceNumberRange"],
            )
            for shard in self._cloud.kinesis.shards(stream)[:MOST_SHARDS]
        )

    def log(self, stream: str) -> Log:
        """Read a stream's records within bounds; empty where there is no such stream."""
        by_shard: dict[str, tuple[Record, ...]] = {}
        total = 0
        left, bytes_left = MOST_RECORDS, MOST_RECORD_BYTES
        for shard_id, count, stored in self._cloud.kinesis.lazy_records(stream):
            total += count
            records: list[Record] = []
            for record in islice(stored, left):
                data = record.data[:LONGEST_DATA]
                bytes_left -= len(data)
                if bytes_left < 0:
                    left = 0
                    break
                records.append(Record(shard_id, record.sequence_number, record.partition_key, data))
            left -= min(left, len(records))
            if len(by_shard) < MOST_SHARDS:
                by_shard[shard_id] = tuple(records)
        return Log(MappingProxyType(by_shard), total)

    def shard_for(self, stream: str, partition_key: str) -> str | None:
        """Name the open shard that a partition key leads to; None where there is none."""
        if self._cloud.kinesis.status(stream) is None:
            return None
        return self._cloud.kinesis.shard_for(stream, partition_key)

    def queue(self, name: str) -> Depth | None:
        """Count a queue's messages; None where there is no such queue."""
        return self._cloud.sqs.depth(name) if self._cloud.sqs.exists(name) else None

    def calls(self, *operations: str, on: str | None = None) -> tuple[SeenCall, ...]:
        """List the requests of these operations, in the order of their arrival.

        Args:
            operations: Names such as `GetRecords`.
            on: The stream or queue that they name. Whatever points depend on must be asked with
                it: no fault strikes on a stream or queue that a student made besides.
        """
        found = self._cloud.calls.of(*operations)[:MOST_CALLS]
        calls = (SeenCall(call.operation, call.error, call) for call in found)
        return tuple(call for call in calls if on is None or call.target == on)

    def today(self) -> datetime:
        """Give the present moment of the simulated AWS, in UTC."""
        return self._cloud.clock.today()


def _data_of(record: Mapping[str, Any]) -> bytes:
    data = record.get("Data")
    try:
        return base64.b64decode(data) if isinstance(data, str) else b""
    except ValueError:
        return b""


def _list(value: object) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list):
        return ()
    return [part for part in value if isinstance(part, dict)]
