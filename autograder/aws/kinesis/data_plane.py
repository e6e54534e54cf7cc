"""Kinesis's operations on records: put them, take an iterator, read.

Source of behaviour and limits: Amazon Kinesis Data Streams API Reference.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from autograder.aws.errors import (
    AwsError,
    Violation,
    invalid_argument,
    throughput_exceeded,
    validation,
)
from autograder.aws.faults import Faults, decoded_size
from autograder.aws.kinesis.shards import FaithfulShard
from autograder.aws.kinesis.streams import (
    FIRST_SEQUENCE_NUMBER,
    FaithfulBackend,
    FaithfulStream,
)
from autograder.aws.kinesis.tokens import ShardIterator, unquoted
from autograder.aws.moto_adapter import ACCOUNT

ITERATOR_SECONDS = 300
"""How long a shard iterator can be used."""
MAX_BATCH_BYTES = 10 << 20
MAX_PAGE = 10_000
MAX_PAGE_BYTES = 10 << 20

Parameters = dict[str, Any]
Answer = dict[str, Any]


class DataPlane:
    """Answers the requests that concern records."""

    def __init__(self, backend: FaithfulBackend, faults: Faults) -> None:
        self._backend = backend
        self._faults = faults
        self._handed_out: set[str] = set()
        """Shard iterators. One that a client makes up could leave scripted empty pages out."""
        self.operations: Mapping[str, Callable[[Parameters], Answer]] = {
            "GetRecords": self._get_records,
            "GetShardIterator": self._get_shard_iterator,
            "PutRecord": self._put_record,
            "PutRecords": self._put_records,
        }
        """What does each operation."""

    def _put_record(self, parameters: Parameters) -> Answer:
        stream = self._backend.active_stream(parameters)
        key, explicit, data = _checked_record(parameters, stream.max_record_bytes)
        shard = stream.open_shard_for(key, explicit)
        self._expect_known(stream, parameters.get("SequenceNumberForOrdering"))
        self._expect_throughput(stream, shard, data)
        _expect_no_dry_run(parameters)
        self._faults.strike("PutRecord", stream.stream_name, shard.shard_id, [(key, data)])
        return self._store(stream, shard, key, data) | _encryption(stream.is_encrypted)

    def _put_records(self, parameters: Parameters) -> Answer:
        stream = self._backend.active_stream(parameters)
        most = stream.max_record_bytes
        checked = [_checked_record(record, most) for record in parameters["Records"]]
        if sum(_size(key, data) for key, _, data in checked) > MAX_BATCH_BYTES:
            raise invalid_argument("Records size exceeds 10 MB limit")
        shards = [stream.open_shard_for(key, explicit) for key, explicit, _ in checked]
        _expect_no_dry_run(parameters)
        records = [(key, data) for key, _, data in checked]
        self._faults.strike("PutRecords", stream.stream_name, shards[0].shard_id, records)
        results: list[Answer] = []
        for shard, (key, _, data) in zip(shards, checked, strict=True):
            try:
                self._expect_throughput(stream, shard, data)
                results.append(self._store(stream, shard, key, data))
            except AwsError as error:
                results.append({"ErrorCode": error.code, "ErrorMessage": error.message})
        failed = sum("ErrorCode" in result for result in results)
        answer = {"FailedRecordCount": failed, "Records": results}
        return answer | _encryption(stream.is_encrypted)

    def _expect_known(self, stream: FaithfulStream, number: str | None) -> None:
        """Check that a SequenceNumberForOrdering is one that Kinesis gave.

        Source: kinesalite's tests of PutRecord, which were recorded on AWS.

        Raises:
            AwsError: It is not.
        """
        if number and not FIRST_SEQUENCE_NUMBER < int(number) <= self._backend.latest_number:
            raise invalid_argument(
                f"ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream "
                f"{stream.stream_name} under account {ACCOUNT} is invalid."
            )

    def _expect_throughput(self, stream: FaithfulStream, shard: FaithfulShard, data: str) -> None:
        if self._backend.settings.throughput_limits:
            shard.expect_throughput(decoded_size(data), stream.stream_name)

    def _store(self, stream: FaithfulStream, shard: FaithfulShard, key: str, data: str) -> Answer:
        if self._faults.rejects(stream.stream_name, key, data):
            raise throughput_exceeded(shard.shard_id, stream.stream_name, ACCOUNT)
        shard.take_throughput(decoded_size(data))
        number = shard.append(key, data, is_encrypted=stream.is_encrypted).number
        return {"SequenceNumber": str(number), "ShardId": shard.shard_id}

    def _get_shard_iterator(self, parameters: Parameters) -> Answer:
        stream = self._backend.active_stream(parameters)
        shard = stream.shard(parameters["ShardId"])
        last = self._last_before(stream, shard, parameters)
        _expect_no_dry_run(parameters)
        self._faults.strike("GetShardIterator", stream.stream_name, shard.shard_id)
        for late in self._faults.late_records(stream.stream_name, shard.shard_id):
            shard.append(late.partition_key, base64.b64encode(late.data).decode())
        now = self._backend.clock.now()
        position = ShardIterator(stream.stream_name, shard.shard_id, last, now)
        return {"ShardIterator": self._hand_out(position)}

    def _last_before(
        self, stream: FaithfulStream, shard: FaithfulShard, parameters: Parameters
    ) -> int:
        """Tell the sequence number behind which an iterator starts."""
        kind = parameters["ShardIteratorType"]
        number = parameters.get("StartingSequenceNumber")
        if kind in ("TRIM_HORIZON", "LATEST"):
            if number is not None:
                raise _wrong_start(f"{kind} and also a StartingSequenceNumber")
            return 0 if kind == "TRIM_HORIZON" else shard.get_max_sequence_number()
        if kind == "AT_TIMESTAMP":
            return self._last_before_time(shard, parameters.get("Timestamp"))
        if number is None:
            raise _wrong_start(f"{kind} and no StartingSequenceNumber")
        if not shard.owns(int(number)):
            raise invalid_argument(
                f"StartingSequenceNumber {number} used in GetShardIterator on shard "
                f"{shard.shard_id} in stream {stream.stream_name} under account {ACCOUNT} is "
                "invalid because it did not come from this stream."
            )
        before = 1 if kind == "AT_SEQUENCE_NUMBER" else 0
        return int(number) - before

    def _last_before_time(self, shard: FaithfulShard, moment: float | None) -> int:
        if moment is None:
            raise invalid_argument(
                "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. "
                "Current request has no timestamp parameter."
            )
        if moment > self._backend.clock.now() + 1:
            raise invalid_argument(
                "The timestampInMillis parameter cannot be greater than the "
                "currentTimestampInMillis."
            )
        for record in shard.log:
            if record.created_at >= moment:
                return record.number - 1
        return shard.get_max_sequence_number()

    def _get_records(self, parameters: Parameters) -> Answer:
        limit = parameters.get("Limit", MAX_PAGE)
        position = self._known(parameters["ShardIterator"])
        now = self._backend.clock.now()
        if now - position.born > ITERATOR_SECONDS:
            raise AwsError(
                "ExpiredIteratorException",
                "Iterator expired. It was created more than 300000 milliseconds ago.",
            )
        stream = self._backend.active_stream({"StreamName": position.stream})
        shard = stream.shard(position.shard_id)
        _expect_no_dry_run(parameters)
        self._faults.strike("GetRecords", stream.stream_name, shard.shard_id)
        index = shard.count_up_to(position.last)
        size = self._faults.page_size(stream.stream_name, limit)
        for fault in self._faults.empty_pages(stream.stream_name, shard.shard_id):
            if index == fault.before_record < len(shard.log) and position.empty_pages < fault.pages:
                following = position.moved(position.last, now, position.empty_pages + 1)
                return {
                    "Records": [],
                    "NextShardIterator": self._hand_out(following),
                    "MillisBehindLatest": fault.millis_behind,
                }
            if index < fault.before_record:
                size = min(size, fault.before_record - index)
        return self._page(shard, position, index, size, now)

    def _hand_out(self, iterator: ShardIterator) -> str:
        token = iterator.encoded()
        self._handed_out.add(token)
        return token

    def _known(self, token: str) -> ShardIterator:
        """Read an iterator that was handed out before; one that a client made up is not valid."""
        if unquoted(token) not in self._handed_out:
            raise invalid_argument("Invalid ShardIterator.")
        return ShardIterator.parse(token)

    def _page(
        self, shard: FaithfulShard, position: ShardIterator, index: int, size: int, now: float
    ) -> Answer:
        page: list[Answer] = []
        total = 0
        for record in shard.log[index : index + size]:
            total += len(record.data) * 3 // 4
            if page and total > MAX_PAGE_BYTES:
                break
            page.append(
                {
                    "SequenceNumber": str(record.number),
                    "ApproximateArrivalTimestamp": record.created_at,
                    "Data": record.data,
                    "PartitionKey": record.partition_key,
                    **_encryption(record.is_encrypted),
                }
            )
        end = index + len(page)
        last = shard.log[end - 1].number if page else position.last
        rest = end < len(shard.log)
        behind = max(1, int((now - shard.log[end].created_at) * 1000)) if rest else 0
        answer: Answer = {"Records": page, "MillisBehindLatest": behind}
        if shard.is_open or rest:
            answer["NextShardIterator"] = self._hand_out(position.moved(last, now))
        else:
            answer["ChildShards"] = [
                {
                    "ShardId": child.shard_id,
                    "ParentShards": [
                        parent for parent in (child.parent, child.adjacent_parent) if parent
                    ],
                    "HashKeyRange": child.to_json()["HashKeyRange"],
                }
                for child in shard.children
            ]
        return answer


def _expect_no_dry_run(parameters: Parameters) -> None:
    """Stop before a valid request has an effect, if it only asks whether it would succeed.

    Source: PutRecord, DryRun, and DryRunOperationException.

    Raises:
        AwsError: It does.
    """
    if parameters.get("DryRun"):
        raise AwsError(
            "DryRunOperationException",
            "The request was rejected because the DryRun parameter was specified.",
        )


def _encryption(is_encrypted: bool) -> Answer:
    """Return the part of an answer that says how records are encrypted.

    Source: PutRecord, PutRecords and Record, EncryptionType.
    """
    return {"EncryptionType": "KMS"} if is_encrypted else {}


def _wrong_start(specified: str) -> AwsError:
    """Make the error for a type of iterator that does not fit StartingSequenceNumber."""
    return invalid_argument(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
        "StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. "
        f"Request specified {specified}."
    )


def _size(key: str, data: str) -> int:
    """Return a record's size in bytes: its partition key counts too."""
    return len(key.encode()) + decoded_size(data)


def _checked_record(record: Parameters, max_bytes: int) -> tuple[str, str | None, str]:
    """Check one record; return its key, its explicit hash key and its data in base64."""
    key, data = record.get("PartitionKey"), record["Data"]
    if key is None:  # which the model lets pass
        raise validation(Violation(key, "partitionKey", "Member must not be null"))
    size = _size(key, data)
    if size > max_bytes:
        constraint = f"Member must have length less than or equal to {max_bytes}"
        raise validation(Violation(f"[{size} bytes]", "data", constraint))
    return key, record.get("ExplicitHashKey"), data
