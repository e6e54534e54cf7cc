"""The records of the simulated AWS: moto's, patched where AWS behaves differently."""

import hashlib
import itertools
import re
import threading
import time
from base64 import b64decode, b64encode
from collections import Counter, OrderedDict

from moto.core.exceptions import JsonRESTError
from moto.kinesis.exceptions import InvalidArgumentError
from moto.kinesis.models import KinesisBackend, Record, Shard, Stream
from moto.kinesis.responses import KinesisResponse
from moto.kinesis.utils import compose_shard_iterator, decompose_shard_iterator

from checks.faults import faults
from checks.patched_streams import active_stream

FIRST_NUMBER = 49670000000000000000000000000000000000000000000000000000
"""Sequence numbers have 56 digits, as on AWS. They are not consecutive: they are STEP apart."""
STEP = 1 << 40
LARGEST_PAGE = 10_000

handed_out: Counter[str] = Counter()
"""How many records were handed out, by the name of their stream."""
idle_answers: Counter[str] = Counter()
"""How many GetRecords responses in a row were empty and said "caught up", by stream."""

_plain_get_shard_iterator = KinesisBackend.get_shard_iterator
_plain_put_record = KinesisBackend.put_record
_plain_put_records = KinesisBackend.put_records
_plain_answer_get_records = KinesisResponse.get_records
_plain_merge_shards = Stream.merge_shards
_plain_split_shard = Stream.split_shard
_plain_get_shard_for_key = Stream.get_shard_for_key
_numbers = itertools.count(1)
_appending = threading.Lock()


# Shards keep their records in order, closed ones too.


def _append(self, partition_key, data, explicit_hash_key):
    """A sequence number is long, and unique in all shards."""
    with _appending:  # each request runs in its own thread
        number = FIRST_NUMBER + next(_numbers) * STEP
        self.records[number] = Record(partition_key, data, number, explicit_hash_key)
    return str(number)


def _split_shard(self, shard_to_split, new_starting_hash_key):
    """A closed shard keeps its records; moto would move them."""
    parent = self.shards[shard_to_split]
    records, parent.records = parent.records, OrderedDict()
    try:
        _plain_split_shard(self, shard_to_split, new_starting_hash_key)
    finally:
        parent.records = records


def _merge_shards(self, shard_to_merge, adjacent_shard_to_merge):
    """Closed shards keep their records; moto would move them."""
    parents = [self.shards[shard_to_merge], self.shards[adjacent_shard_to_merge]]
    kept = [parent.records for parent in parents]
    try:
        for parent in parents:
            parent.records = OrderedDict()
        _plain_merge_shards(self, shard_to_merge, adjacent_shard_to_merge)
    finally:
        for parent, records in zip(parents, kept, strict=True):
            parent.records = records


def _get_shard_for_key(self, partition_key, explicit_hash_key):
    """A closed shard takes no new records."""
    shard = _plain_get_shard_for_key(self, partition_key, explicit_hash_key)
    if shard is None or shard.is_open:
        return shard
    digest = hashlib.md5(partition_key.encode(), usedforsecurity=False).hexdigest()
    key = int(explicit_hash_key or int(digest, 16))
    open_shards = [shard for shard in self.shards.values() if shard.is_open]
    return next(shard for shard in open_shards if shard.starting_hash <= key <= shard.ending_hash)


def _put_record(self, stream_arn, stream_name, partition_key, explicit_hash_key, data):
    """A fault may throttle the call, or reject the record."""
    stream = active_stream(self, stream_arn, stream_name)
    if faults.throttles("PutRecord", stream.stream_name) or faults.rejects(
        stream.stream_name, b64decode(data)
    ):
        raise _throughput_exceeded()
    return _plain_put_record(self, None, stream.stream_name, partition_key, explicit_hash_key, data)


def _put_records(self, stream_arn, stream_name, records):
    """A fault may throttle the whole call, or reject some of its records."""
    stream = active_stream(self, stream_arn, stream_name)
    name = stream.stream_name
    if len(records) > 500:  # moto refuses the call
        return _plain_put_records(self, None, name, records)
    if faults.throttles("PutRecords", name):
        raise _throughput_exceeded()
    rejected = [faults.rejects(name, b64decode(record["Data"])) for record in records]
    taken = [record for record, refused in zip(records, rejected, strict=True) if not refused]
    results = iter(_plain_put_records(self, None, name, taken)["Records"])
    refusal = {"ErrorCode": THROUGHPUT_EXCEEDED, "ErrorMessage": TOO_FAST}
    return {
        "FailedRecordCount": sum(rejected),
        "Records": [refusal if refused else next(results) for refused in rejected],
    }


THROUGHPUT_EXCEEDED = "ProvisionedThroughputExceededException"
TOO_FAST = "Rate exceeded for shard shardId-000000000000."


def _throughput_exceeded():
    return JsonRESTError(THROUGHPUT_EXCEEDED, TOO_FAST)


def _invalid(value, parameter, rule):
    return JsonRESTError(
        "ValidationException",
        f"1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy "
        f"constraint: Member must {rule}",
    )


def _get_shard_iterator(self, stream_arn, stream_name, shard_id, kind, number, moment):
    """A stream may be named by its ARN. An offset must belong to a record of this shard.

    The StartingSequenceNumber in the shard's description is a valid offset too.
    """
    if number is not None and not re.fullmatch(r"0|[1-9]\d{0,128}", number):
        rule = "satisfy regular expression pattern: 0|([1-9]\\d{0,128})"
        raise _invalid(number, "startingSequenceNumber", rule)
    stream = active_stream(self, stream_arn, stream_name)
    shard = stream.shards.get(shard_id)
    if number is not None and kind in ("LATEST", "TRIM_HORIZON"):
        raise InvalidArgumentError(f"{kind} and also a StartingSequenceNumber.")
    if kind == "AT_TIMESTAMP" and (moment is None or float(moment) > time.time() + 1):
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
    return _plain_get_shard_iterator(self, None, name, shard_id, kind, number, moment)


def _offsets_of(shard):
    return {"0", *(str(number) for number in (shard.get_min_sequence_number(), *shard.records))}


def _get_records(self, stream_arn, shard_iterator, limit):
    """Pages may be empty or small. MillisBehindLatest says whether more records follow.

    The last page of a closed shard comes without NextShardIterator.
    """
    position, _, empty = shard_iterator.partition("~")
    try:
        name, shard_id, last = decompose_shard_iterator(position)
        last, empty = int(last), int(empty or 0)
    except ValueError:
        raise InvalidArgumentError("Invalid ShardIterator.") from None
    size = LARGEST_PAGE if limit is None else limit
    if size > LARGEST_PAGE:
        raise _invalid(size, "limit", f"have value less than or equal to {LARGEST_PAGE}")
    stream = active_stream(self, None, name)
    shard = stream.get_shard(shard_id)
    if faults.throttles("GetRecords", name, shard_id):
        raise _throughput_exceeded()
    records = list(shard.records.values())
    rest = [record for record in records if record.sequence_number > last]
    index = len(records) - len(rest)
    size = faults.page_size(name, size)
    for fault in faults.empty_pages(name, shard_id):
        if index == fault.before_record and rest and empty < fault.pages:
            return f"{position}~{empty + 1}", [], 1000 * len(rest)
        if index < fault.before_record:
            size = min(size, fault.before_record - index)
    page, behind = rest[:size], 1000 * len(rest[size:])
    handed_out[name] += len(page)
    idle_answers[name] = 0 if page or behind else idle_answers[name] + 1
    if page:
        last = page[-1].sequence_number
    following = compose_shard_iterator(name, shard, last) if shard.is_open or behind else None
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
                "ParentShards": [parent for parent in _parents_of(shard) if parent],
                "HashKeyRange": shard.to_json()["HashKeyRange"],
            }
            for shard in shards
            if shard_id in _parents_of(shard)
        ]
    return answer


def _parents_of(shard):
    return shard.parent, shard.adjacent_parent


PATCHES = (
    (KinesisBackend, "get_shard_iterator", _get_shard_iterator),
    (KinesisBackend, "get_records", _get_records),
    (KinesisBackend, "put_record", _put_record),
    (KinesisBackend, "put_records", _put_records),
    (KinesisResponse, "get_records", _answer_get_records),
    (Stream, "merge_shards", _merge_shards),
    (Stream, "split_shard", _split_shard),
    (Stream, "get_shard_for_key", _get_shard_for_key),
    (Shard, "put_record", _append),
)
"""What is replaced by what."""
