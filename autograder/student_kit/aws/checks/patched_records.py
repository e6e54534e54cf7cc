"""The records of the simulated AWS: moto's, patched where AWS behaves differently."""

import hashlib
import threading
from base64 import b64decode, b64encode
from collections import Counter

from moto.core.exceptions import JsonRESTError
from moto.kinesis.exceptions import InvalidArgumentError
from moto.kinesis.models import KinesisBackend, Record, Shard, Stream
from moto.kinesis.responses import KinesisResponse
from moto.kinesis.utils import compose_shard_iterator, decompose_shard_iterator

from checks.faults import faults
from checks.patched_shards import full_id, next_number, parents_of
from checks.patched_streams import active_stream, most_bytes
from checks.virtual_time import now

LARGEST_PAGE = 10_000
LARGEST_BATCH = 10 << 20
"""Bytes."""
ITERATOR_SECONDS = 300
"""How long a shard iterator can be used."""

handed_out: Counter[str] = Counter()
"""How many records were handed out, by the name of their stream."""
idle_answers: Counter[str] = Counter()
"""How many GetRecords responses in a row were empty and said "caught up", by stream."""

_plain_get_shard_iterator = KinesisBackend.get_shard_iterator
_plain_answer_get_records = KinesisResponse.get_records
_appending = threading.Lock()


def _append(self, partition_key, data, explicit_hash_key):
    """A sequence number is long, and unique in all shards."""
    with _appending:  # each request runs in its own thread
        number = next_number()
        self.records[number] = Record(partition_key, data, number, explicit_hash_key)
    return str(number)


def _get_shard_for_key(self, partition_key, explicit_hash_key):
    """A closed shard takes no new records, and a shard's range includes both its ends."""
    digest = hashlib.md5(partition_key.encode(), usedforsecurity=False).hexdigest()
    key = int(explicit_hash_key or int(digest, 16))
    open_shards = [shard for shard in self.shards.values() if shard.is_open]
    for shard in open_shards:
        if shard.starting_hash <= key <= shard.ending_hash:
            return shard
    raise InvalidArgumentError("Invalid ExplicitHashKey: it must be in the range [0, 2^128-1].")


def _put_record(self, stream_arn, stream_name, partition_key, explicit_hash_key, data):
    """A fault may throttle the call, or reject the record."""
    stream = active_stream(self, stream_arn, stream_name)
    name, record = stream.stream_name, {"PartitionKey": partition_key, "Data": data}
    _size_of(stream, record)
    shard = stream.get_shard_for_key(partition_key, explicit_hash_key)
    if faults.throttles("PutRecord", name) or faults.rejects(name, b64decode(data)):
        raise _throughput_exceeded(stream, shard)
    return shard.put_record(partition_key, data, explicit_hash_key), shard.shard_id


def _put_records(self, stream_arn, stream_name, records):
    """A fault may throttle the whole call, or reject some of its records."""
    stream = active_stream(self, stream_arn, stream_name)
    name = stream.stream_name
    if sum(_size_of(stream, record) for record in records) > LARGEST_BATCH:
        raise InvalidArgumentError("Records size exceeds 10 MB limit")
    shards = [
        stream.get_shard_for_key(record["PartitionKey"], record.get("ExplicitHashKey"))
        for record in records
    ]
    if faults.throttles("PutRecords", name):
        raise _throughput_exceeded(stream, shards[0])
    results = []
    for shard, record in zip(shards, records, strict=True):
        if faults.rejects(name, b64decode(record["Data"])):
            too_fast = _too_fast(stream, shard)
            results.append({"ErrorCode": THROUGHPUT_EXCEEDED, "ErrorMessage": too_fast})
        else:
            key, explicit_hash_key = record["PartitionKey"], record.get("ExplicitHashKey")
            number = shard.put_record(key, record["Data"], explicit_hash_key)
            results.append({"SequenceNumber": number, "ShardId": shard.shard_id})
    failed = sum("ErrorCode" in result for result in results)
    return {"FailedRecordCount": failed, "Records": results}


def _size_of(stream, record):
    """Return a record's size in bytes, its key included; a larger one is refused."""
    size = len(record["PartitionKey"].encode()) + len(b64decode(record["Data"]))
    if size > most_bytes(stream):
        message = f"A record of {size} bytes is too large: the stream takes {most_bytes(stream)}."
        raise JsonRESTError("ValidationException", message)
    return size


BEHIND_AN_EMPTY_PAGE = 4200
"""Milliseconds."""
THROUGHPUT_EXCEEDED = "ProvisionedThroughputExceededException"


def _too_fast(stream, shard):
    place = f"shard {shard.shard_id} in stream {stream.stream_name}"
    return f"Rate exceeded for {place} under account {stream.account_id}."


def _throughput_exceeded(stream, shard):
    return JsonRESTError(THROUGHPUT_EXCEEDED, _too_fast(stream, shard))


def _get_shard_iterator(self, stream_arn, stream_name, shard_id, kind, number, moment):
    """A stream may be named by its ARN. An offset must belong to a record of this shard.

    The StartingSequenceNumber in the shard's description is a valid offset too.
    """
    stream = active_stream(self, stream_arn, stream_name)
    shard_id = full_id(shard_id)
    shard = stream.shards.get(shard_id)
    if number is not None and kind in ("LATEST", "TRIM_HORIZON"):
        raise InvalidArgumentError(f"{kind} and also a StartingSequenceNumber.")
    if kind == "AT_TIMESTAMP" and (moment is None or float(moment) > now() + 1):
        raise InvalidArgumentError("AT_TIMESTAMP needs a Timestamp that is not in the future.")
    if shard and kind.endswith("SEQUENCE_NUMBER") and number not in _offsets_of(shard):
        raise InvalidArgumentError(
            f"StartingSequenceNumber {number} used in GetShardIterator on shard {shard_id} in "
            f"stream {stream.stream_name} is invalid because it did not come from this shard."
        )
    name = stream.stream_name
    if shard:
        for late in faults.late_records(name, shard_id):
            shard.put_record(late.partition_key, b64encode(late.data).decode(), "")
    position = _plain_get_shard_iterator(self, None, name, shard_id, kind, number, moment)
    return f"{position}~0~{now()}"


def _offsets_of(shard):
    return {str(number) for number in (shard.starting_number, *shard.records)}


def _get_records(self, stream_arn, shard_iterator, limit):
    """Pages may be empty or small. MillisBehindLatest is the age of the next record, or 0.

    An iterator expires. The last page of a closed shard comes without NextShardIterator.
    """
    try:
        position, empty, made_at = shard_iterator.strip('"').split("~")
        name, shard_id, last = decompose_shard_iterator(position)
        last, empty, age = int(last), int(empty), now() - float(made_at)
    except ValueError:
        raise InvalidArgumentError("Invalid ShardIterator.") from None
    if age > ITERATOR_SECONDS:
        message = f"Iterator expired. It was created more than {ITERATOR_SECONDS} seconds ago."
        raise JsonRESTError("ExpiredIteratorException", message)
    stream = active_stream(self, None, name)
    shard = stream.get_shard(shard_id)
    if faults.throttles("GetRecords", name, shard_id):
        raise _throughput_exceeded(stream, shard)
    records = list(shard.records.values())
    rest = [record for record in records if record.sequence_number > last]
    index = len(records) - len(rest)
    size = faults.page_size(name, LARGEST_PAGE if limit is None else limit)
    for fault in faults.empty_pages(name, shard_id):
        if index == fault.before_record and rest and empty < fault.pages:
            return f"{position}~{empty + 1}~{now()}", [], BEHIND_AN_EMPTY_PAGE
        if index < fault.before_record:
            size = min(size, fault.before_record - index)
    page, left = rest[:size], rest[size:]
    behind = max(1, int(1000 * (now() - left[0].created_at))) if left else 0
    handed_out[name] += len(page)
    idle_answers[name] = 0 if page or behind else idle_answers[name] + 1
    if page:
        last = page[-1].sequence_number
    following = None
    if shard.is_open or behind:
        following = f"{compose_shard_iterator(name, shard, last)}~0~{now()}"
    return following, page, behind


def _answer_get_records(self):
    """The end of a closed shard names the shards that replaced it."""
    answer = _plain_answer_get_records(self)
    if answer.result["NextShardIterator"] is None:
        iterator = self._get_param("ShardIterator").partition("~")[0]
        name, shard_id, _ = decompose_shard_iterator(iterator)
        shards = self.kinesis_backend.describe_stream(None, name).shards.values()
        answer.result["ChildShards"] = [
            {
                "ShardId": shard.shard_id,
                "ParentShards": [parent for parent in parents_of(shard) if parent],
                "HashKeyRange": shard.to_json()["HashKeyRange"],
            }
            for shard in shards
            if shard_id in parents_of(shard)
        ]
    return answer


PATCHES = (
    (KinesisBackend, "get_shard_iterator", _get_shard_iterator),
    (KinesisBackend, "get_records", _get_records),
    (KinesisBackend, "put_record", _put_record),
    (KinesisBackend, "put_records", _put_records),
    (KinesisResponse, "get_records", _answer_get_records),
    (Stream, "get_shard_for_key", _get_shard_for_key),
    (Shard, "put_record", _append),
)
"""What is replaced by what."""
