"""The simulated AWS of the checks: moto, patched where AWS behaves differently.

The `moto_server` that you start by hand is not patched. Real AWS behaves as the patches below do,
and so does the simulated AWS that your code is graded with.
"""

import contextlib
import hashlib
import itertools
import logging
import os
import threading
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections import Counter, OrderedDict
from collections.abc import Iterator

import pytest
from botocore.retries.bucket import TokenBucket
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.kinesis.exceptions import InvalidArgumentError, ResourceNotFoundError
from moto.kinesis.models import KinesisBackend, Record, Shard, Stream
from moto.kinesis.responses import KinesisResponse
from moto.kinesis.utils import compose_shard_iterator, decompose_shard_iterator
from moto.server import ThreadedMotoServer
from moto.sqs.models import SQSBackend

from checks.faults import Faults
from checks.time_limit import now

FIRST_NUMBER = 49670000000000000000000000000000000000000000000000000000
"""Sequence numbers have 56 digits, as on AWS. They are not consecutive: they are STEP apart."""
STEP = 1 << 40
CHANGE_SECONDS = 15.0
"""How long a new stream is CREATING, and a deleted one DELETING. AWS takes about as long."""
STATUS_REQUESTS_PER_CHANGE = 3
"""After this many requests for its status, a stream changes earlier, so that loops end soon."""
LARGEST_PAGE = 10_000

faults = Faults()
"""The active faults. Each check adds its own, and they end with the check."""
handed_out: Counter[str] = Counter()
"""How many records or messages were handed out, by the name of their stream or queue."""
idle_answers: Counter[str] = Counter()
"""How many GetRecords responses in a row were empty and said "caught up", by stream."""
purged: set[str] = set()
"""The queues that were purged."""


@contextlib.contextmanager
def patched_moto() -> Iterator[str]:
    """Serve the patched moto on a free port of this machine, and point boto3 to it.

    Yields:
        Its address.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would log each request
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KinesisBackend, "describe_stream", _describe_stream)
        patch.setattr(KinesisBackend, "describe_stream_summary", _describe_stream_summary)
        patch.setattr(KinesisBackend, "list_streams", _list_streams)
        patch.setattr(KinesisBackend, "delete_stream", _delete_stream)
        patch.setattr(KinesisBackend, "get_shard_iterator", _get_shard_iterator)
        patch.setattr(KinesisBackend, "get_records", _get_records)
        patch.setattr(KinesisBackend, "put_record", _put_record)
        patch.setattr(KinesisBackend, "put_records", _put_records)
        patch.setattr(KinesisBackend, "list_shards", _list_shards)
        patch.setattr(KinesisResponse, "create_stream", _answer_create_stream)
        patch.setattr(KinesisResponse, "describe_stream", _answer_describe_stream)
        patch.setattr(Stream, "split_shard", _split_shard)
        patch.setattr(Stream, "get_shard_for_key", _get_shard_for_key)
        patch.setattr(Shard, "put_record", _append)
        patch.setattr(SQSBackend, "receive_message", _receive_message)
        patch.setattr(SQSBackend, "purge_queue", _purge_queue)
        patch.setattr(TokenBucket, "acquire", _acquire_without_delay)
        server.start()
        host, port = server.get_host_and_port()
        _point_boto3_to(f"http://{host}:{port}", patch)
        try:
            yield f"http://{host}:{port}"
        finally:
            server.stop()


def _point_boto3_to(address: str, patch: pytest.MonkeyPatch) -> None:
    """Set the environment so that no code reaches another AWS, whatever your settings are."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            patch.delenv(name)
    patch.setenv("AWS_ENDPOINT_URL", address)
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    patch.setenv("AWS_ACCESS_KEY_ID", "testing")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for file in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        patch.setenv(file, os.devnull)  # not those in the home folder
    for proxy in ("NO_PROXY", "no_proxy"):
        patch.setenv(proxy, "127.0.0.1")


def _acquire_without_delay(_: TokenBucket, amount: float = 1, block: bool = True) -> bool:
    """Replace the delay of boto3's retry mode `adaptive`: it does not use sleep, so it is real."""
    return True


_plain_describe_stream = KinesisBackend.describe_stream
_plain_get_shard_iterator = KinesisBackend.get_shard_iterator
_plain_put_record = KinesisBackend.put_record
_plain_put_records = KinesisBackend.put_records
_plain_answer_create_stream = KinesisResponse.create_stream
_plain_split_shard = Stream.split_shard
_plain_get_shard_for_key = Stream.get_shard_for_key
_plain_receive_message = SQSBackend.receive_message
_plain_purge_queue = SQSBackend.purge_queue
_numbers = itertools.count(1)
_appending = threading.Lock()


# Streams take some time to be created and deleted.


def begin_change(stream: Stream, status: str) -> None:
    """Make a stream CREATING or DELETING for a while."""
    stream.status = status
    stream.changes_at = now() + CHANGE_SECONDS
    stream.status_requests_left = STATUS_REQUESTS_PER_CHANGE


def finish_due_changes(backend: KinesisBackend) -> None:
    """Make streams ACTIVE, or delete them, if their change has taken long enough."""
    for name, stream in list(backend.streams.items()):
        if stream.status != "ACTIVE" and (
            now() >= stream.changes_at or stream.status_requests_left <= 0
        ):
            if stream.status == "DELETING":
                del backend.streams[name]
            stream.status = "ACTIVE"


def _count_status_request(stream):
    """Count a request for a stream's status, while the stream changes."""
    if stream.status != "ACTIVE":
        stream.status_requests_left -= 1


def _describe_stream(self, stream_arn, stream_name):
    """A stream that was deleted some time ago is gone."""
    finish_due_changes(self)
    return _plain_describe_stream(self, stream_arn, stream_name)


def _describe_stream_summary(self, stream_arn, stream_name):
    """A stream changes its status after a few requests for it, at the latest."""
    _count_status_request(self.describe_stream(stream_arn, stream_name))
    return self.describe_stream(stream_arn, stream_name)


def _active_stream(backend, stream_arn, stream_name):
    """Return a stream whose records can be read and written: it is not CREATING."""
    stream = backend.describe_stream(stream_arn, stream_name)
    if stream.status == "CREATING":
        raise ResourceNotFoundError(f"Stream {stream.stream_name} not found: it is CREATING.")
    return stream


def _list_streams(self):
    """Streams are listed in the order of their names."""
    for stream in self.streams.values():
        _count_status_request(stream)
    finish_due_changes(self)
    return [self.streams[name] for name in sorted(self.streams)]


def _delete_stream(self, stream_arn, stream_name):
    """A stream is DELETING for a while before it is gone."""
    stream = self.describe_stream(stream_arn, stream_name)
    if stream.status != "DELETING":
        begin_change(stream, "DELETING")
    return stream


def _answer_create_stream(self):
    """A new stream is CREATING for a while."""
    finish_due_changes(self.kinesis_backend)
    answer = _plain_answer_create_stream(self)
    begin_change(self.kinesis_backend.streams[self._get_param("StreamName")], "CREATING")
    return answer


def _answer_describe_stream(self):
    """DescribeStream continues after ExclusiveStartShardId, with 100 shards at a time."""
    parameter = self._get_param
    backend = self.kinesis_backend
    stream = backend.describe_stream_summary(parameter("StreamARN"), parameter("StreamName"))
    answer = stream.to_json()
    start = parameter("ExclusiveStartShardId") or ""
    limit = faults.shard_page_size(stream.stream_name, parameter("Limit") or 100)
    shards = [shard for shard in answer["StreamDescription"]["Shards"] if shard["ShardId"] > start]
    if stream.status == "CREATING":
        shards = []
    answer["StreamDescription"]["Shards"] = shards[:limit]
    answer["StreamDescription"]["HasMoreShards"] = len(shards) > limit
    return ActionResult(answer)


def _list_shards(self, stream_arn, stream_name, limit, next_token):
    """A NextToken without a stream returns the next page. A stream that is CREATING has none."""
    start = 0
    if next_token:
        position, _, stream_name = urlsafe_b64decode(next_token).decode().partition(" ")
        start, stream_arn = int(position), None
    stream = self.describe_stream(stream_arn, stream_name)
    if stream.status == "CREATING":
        _count_status_request(stream)
        message = f"Stream {stream.stream_name} is not ACTIVE, but CREATING."
        raise JsonRESTError("ResourceInUseException", message)
    shards = sorted(stream.shards.values(), key=lambda shard: shard.shard_id)
    end = start + faults.shard_page_size(stream.stream_name, limit)
    more = f"{end} {stream.stream_name}".encode()
    return shards[start:end], urlsafe_b64encode(more).decode() if end < len(shards) else None


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
    stream = _active_stream(self, stream_arn, stream_name)
    if faults.throttles("PutRecord", stream.stream_name) or faults.rejects(
        stream.stream_name, b64decode(data)
    ):
        raise _throughput_exceeded()
    return _plain_put_record(self, None, stream.stream_name, partition_key, explicit_hash_key, data)


def _put_records(self, stream_arn, stream_name, records):
    """A fault may throttle the whole call, or reject some of its records."""
    stream = _active_stream(self, stream_arn, stream_name)
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


def _get_shard_iterator(self, stream_arn, stream_name, shard_id, kind, number, moment):
    """A stream may be named by its ARN. An offset must belong to a record of this shard.

    The StartingSequenceNumber in the shard's description is a valid offset too.
    """
    stream = _active_stream(self, stream_arn, stream_name)
    shard = stream.shards.get(shard_id)
    if number is not None and kind in ("LATEST", "TRIM_HORIZON"):
        raise InvalidArgumentError(f"{kind} and also a StartingSequenceNumber.")
    if shard and kind.endswith("SEQUENCE_NUMBER") and number not in _offsets_of(shard):
        raise InvalidArgumentError(
            f"StartingSequenceNumber {number} used in GetShardIterator on shard {shard_id} in "
            f"stream {stream.stream_name} is invalid because it did not come from this shard."
        )
    return _plain_get_shard_iterator(self, None, stream.stream_name, shard_id, kind, number, moment)


def _offsets_of(shard):
    return {str(number) for number in (shard.get_min_sequence_number(), *list(shard.records))}


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
        raise InvalidArgumentError(f"Limit {size} is more than the maximum, {LARGEST_PAGE}.")
    stream = _active_stream(self, None, name)
    shard = stream.get_shard(shard_id)
    if faults.throttles("GetRecords", name):
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


# SQS.


def _receive_message(self, queue_name, count, wait_seconds_timeout, *details, **more):
    """A response may hold fewer messages than the request asks for.

    A long poll of an empty queue ends immediately, because nobody else sends messages.
    """
    size = faults.receive_size(queue_name, count)
    messages = _plain_receive_message(self, queue_name, size, 0, *details, **more)
    handed_out[queue_name] += len(messages)
    return messages


def _purge_queue(self, queue_name):
    """Record that the queue was purged."""
    _plain_purge_queue(self, queue_name)
    purged.add(queue_name)
