"""Kinesis's operations on the mended streams, in AWS's shapes: JSON in, JSON out.

What departs from moto is here; the other operations (tags, retention, consumers) are moto's own.
Source of behaviour and limits: Amazon Kinesis Data Streams API Reference.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Any

from moto.core.request import Request
from moto.kinesis.models import KinesisBackend
from moto.kinesis.responses import KinesisResponse

from autograder.cloud.errors import (
    AwsError,
    invalid_argument,
    not_found,
    throughput_exceeded,
    validation,
)
from autograder.cloud.faults import Faults
from autograder.cloud.kinesis_state import (
    ACCOUNT,
    REGION,
    FaithfulBackend,
    FaithfulShard,
    FaithfulStream,
)

ITERATOR_SECONDS = 300
MAX_RECORD_BYTES = 1 << 20
MAX_BATCH = 500
MAX_BATCH_BYTES = 5 << 20
MAX_PAGE = 10_000
MAX_PAGE_BYTES = 10 << 20
DESCRIBE_PAGE = 100
LIST_PAGE = 1000

Parameters = dict[str, Any]
Answer = dict[str, Any]


class MotoKinesis(KinesisResponse):
    """moto's own operations, on our backend and in the one region there is."""

    def __init__(self, backend: FaithfulBackend) -> None:
        super().__init__()
        self._backend = backend

    @property
    def kinesis_backend(self) -> KinesisBackend:
        """Give the backend that the cloud owns."""
        return self._backend

    def get_region_from_url(self, request: Any, full_url: str) -> str:  # noqa: ARG002 - moto's
        """Have one region, whatever the client says."""
        return REGION


class KinesisApi:
    """Answers Kinesis requests."""

    def __init__(self, backend: FaithfulBackend, faults: Faults) -> None:
        self._backend = backend
        self._faults = faults
        self._operations: dict[str, Callable[[Parameters], Answer]] = {
            "CreateStream": self._create_stream,
            "DeleteStream": self._delete_stream,
            "DescribeStream": self._describe_stream,
            "DescribeStreamSummary": self._describe_stream_summary,
            "GetRecords": self._get_records,
            "GetShardIterator": self._get_shard_iterator,
            "ListShards": self._list_shards,
            "ListStreams": self._list_streams,
            "PutRecord": self._put_record,
            "PutRecords": self._put_records,
        }

    def answer(self, operation: str, parameters: Parameters, request: Request) -> Answer:
        """Do an operation.

        Raises:
            AwsError: It is refused.
        """
        own = self._operations.get(operation)
        if own is not None:
            return own(parameters)
        status, _, body = MotoKinesis(self._backend)._dispatch(request)
        answer = json.loads(body) if body else {}
        if int(status) >= 400:
            code = str(answer.get("__type", "InternalFailure")).rsplit("#", 1)[-1]
            message = str(answer.get("message") or answer.get("Message") or "")
            raise AwsError(code, message, int(status))
        return dict(answer)

    def shard_of(self, parameters: Parameters) -> tuple[str, str]:
        """Name the stream and shard that an iterator belongs to; empty for garbage."""
        try:
            token = _Position.parse(parameters.get("ShardIterator"))
        except AwsError:
            return ("", "")
        return (token.stream, token.shard_id)

    def _stream(self, parameters: Parameters) -> FaithfulStream:
        name, arn = parameters.get("StreamName"), parameters.get("StreamARN")
        if not isinstance(name, str | None) or not isinstance(arn, str | None):
            raise AwsError("SerializationException", "StreamName and StreamARN are strings")
        if not name and not arn:
            raise invalid_argument("Missing StreamName or StreamARN.")
        return self._backend.describe_stream(arn, name)

    def _active_stream(self, parameters: Parameters) -> FaithfulStream:
        """Find a stream that data can be put into or read from.

        Source: CreateStream, "You can perform the data-plane operations only on an ACTIVE stream";
        ResourceNotFoundException is what PutRecord and GetShardIterator list for it.
        """
        stream = self._stream(parameters)
        if stream.status == "CREATING":
            raise not_found(
                f"Stream {stream.stream_name} under account {ACCOUNT} not found: it is CREATING."
            )
        return stream

    def _create_stream(self, parameters: Parameters) -> Answer:
        name = parameters.get("StreamName")
        if not isinstance(name, str) or not re.fullmatch(r"[a-zA-Z0-9_.-]{1,128}", name):
            raise validation(
                name,
                "streamName",
                "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
            )
        mode = parameters.get("StreamModeDetails")
        on_demand = isinstance(mode, dict) and mode.get("StreamMode") == "ON_DEMAND"
        count = 4 if on_demand else parameters.get("ShardCount")
        if type(count) is not int or not 1 <= count <= 10_000:
            raise validation(
                count, "shardCount", "Member must have value greater than or equal to 1"
            )
        self._backend.make_stream(name, count, mode if on_demand else None, "CREATING")
        return {}

    def _delete_stream(self, parameters: Parameters) -> Answer:
        stream = self._stream(parameters)
        if stream.status != "DELETING":
            stream.begin("DELETING")
        return {}

    def _described(self, parameters: Parameters) -> FaithfulStream:
        """Find a stream and count that it was looked at."""
        stream = self._stream(parameters)
        stream.describes_left -= 1
        if stream.describes_left <= 0 and stream.status == "DELETING":
            self._stream(parameters)
        return self._stream(parameters)

    def _describe_stream(self, parameters: Parameters) -> Answer:
        stream = self._described(parameters)
        limit = _whole(parameters, "Limit", DESCRIBE_PAGE, 1, MAX_PAGE)
        size = self._faults.shard_page_size(min(limit, DESCRIBE_PAGE))
        start = parameters.get("ExclusiveStartShardId")
        shards = _behind(stream.faithful_shards(), start)
        description = stream.to_json()["StreamDescription"]
        description.update(
            Shards=[shard.to_json() for shard in shards[:size]],
            HasMoreShards=len(shards) > size,
            StreamModeDetails=stream.stream_mode,
            StreamCreationTimestamp=stream.creation_datetime.timestamp(),
        )
        return {"StreamDescription": _without_none(description)}

    def _describe_stream_summary(self, parameters: Parameters) -> Answer:
        stream = self._described(parameters)
        summary = stream.to_json_summary()["StreamDescriptionSummary"]
        summary.update(
            OpenShardCount=sum(shard.is_open for shard in stream.faithful_shards()),
            ConsumerCount=len(stream.consumers),
            StreamCreationTimestamp=stream.creation_datetime.timestamp(),
        )
        return {"StreamDescriptionSummary": _without_none(summary)}

    def _list_streams(self, parameters: Parameters) -> Answer:
        names = [name for name in sorted(self._backend.streams) if self._backend.find(name)]
        start = parameters.get("ExclusiveStartStreamName") or parameters.get("NextToken")
        if isinstance(start, str):
            names = [name for name in names if name > start]
        size = _whole(parameters, "Limit", 100, 1, MAX_PAGE)
        answer: Answer = {"StreamNames": names[:size], "HasMoreStreams": len(names) > size}
        if len(names) > size:
            answer["NextToken"] = names[size - 1]
        return answer

    def _list_shards(self, parameters: Parameters) -> Answer:
        """List shards by pages.

        AWS documents StreamName beside NextToken as an error, yet boto3's own paginator sends
        both; so a token is taken with the name it was made for.
        """
        token = parameters.get("NextToken")
        start = parameters.get("ExclusiveStartShardId")
        if token is not None:
            name, start = _parse_list_token(token)
            named = parameters.get("StreamName")
            if named not in (None, name):
                raise invalid_argument("NextToken and StreamName cannot be provided together.")
            stream = self._backend.describe_stream(None, name)
        else:
            stream = self._stream(parameters)
        shards = _behind(stream.faithful_shards(), start)
        shard_filter = parameters.get("ShardFilter")
        if isinstance(shard_filter, dict) and shard_filter.get("Type") == "AT_LATEST":
            shards = [shard for shard in shards if shard.is_open]
        limit = _whole(parameters, "MaxResults", LIST_PAGE, 1, MAX_PAGE)
        size = self._faults.shard_page_size(min(limit, LIST_PAGE))
        answer: Answer = {"Shards": [shard.to_json() for shard in shards[:size]]}
        if len(shards) > size:
            answer["NextToken"] = _token([stream.stream_name, shards[size - 1].shard_id])
        return answer

    def _put_record(self, parameters: Parameters) -> Answer:
        stream = self._active_stream(parameters)
        key, explicit, data = _checked_record(parameters)
        shard = stream.open_shard_for(key, explicit)
        if self._faults.rejects(key, data):
            raise throughput_exceeded(shard.shard_id, stream.stream_name, ACCOUNT)
        return self._store(stream, shard, key, explicit, data)

    def _put_records(self, parameters: Parameters) -> Answer:
        stream = self._active_stream(parameters)
        records = parameters.get("Records")
        if not isinstance(records, list) or not 1 <= len(records) <= MAX_BATCH:
            raise validation(
                f"[{len(records)} records]" if isinstance(records, list) else records,
                "records",
                "Member must have length less than or equal to 500, and at least 1",
            )
        checked = [_checked_record(record) for record in records]
        if sum(len(data) * 3 // 4 + len(key) for key, _, data in checked) > MAX_BATCH_BYTES:
            raise invalid_argument("Records size exceeds 5 MB limit")
        results: list[Answer] = []
        for key, explicit, data in checked:
            shard = stream.open_shard_for(key, explicit)
            try:
                if self._faults.rejects(key, data):
                    raise throughput_exceeded(shard.shard_id, stream.stream_name, ACCOUNT)
                results.append(self._store(stream, shard, key, explicit, data))
            except AwsError as error:
                results.append({"ErrorCode": error.code, "ErrorMessage": error.message})
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedRecordCount": failed, "Records": results}

    def _store(
        self,
        stream: FaithfulStream,
        shard: FaithfulShard,
        key: str,
        explicit: str | None,
        data: str,
    ) -> Answer:
        if self._backend.settings.throughput_limits:
            shard.take_throughput(len(data) * 3 // 4, stream.stream_name)
        number = shard.put_record(key, data, explicit or "")
        return {"SequenceNumber": number, "ShardId": shard.shard_id}

    def _get_shard_iterator(self, parameters: Parameters) -> Answer:
        stream = self._active_stream(parameters)
        shard = stream.shards.get(str(parameters.get("ShardId")))
        if not isinstance(shard, FaithfulShard):
            raise not_found(
                f"Shard {parameters.get('ShardId')} in stream {stream.stream_name} under account "
                f"{ACCOUNT} does not exist"
            )
        last = self._last_before(stream, shard, parameters)
        position = _Position(stream.stream_name, shard.shard_id, last, self._backend.clock.now(), 0)
        return {"ShardIterator": position.token()}

    def _last_before(
        self, stream: FaithfulStream, shard: FaithfulShard, parameters: Parameters
    ) -> int:
        """Tell the sequence number behind which an iterator starts."""
        kind = parameters.get("ShardIteratorType")
        number = parameters.get("StartingSequenceNumber")
        if kind == "TRIM_HORIZON":
            return 0
        if kind == "LATEST":
            return shard.get_max_sequence_number()
        if kind == "AT_TIMESTAMP":
            return self._last_before_time(shard, parameters.get("Timestamp"))
        if kind not in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            raise validation(
                kind,
                "shardIteratorType",
                "Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, "
                "AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
            )
        if number is None:
            raise invalid_argument(
                "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
                "StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no "
                f"StartingSequenceNumber. Request specified {kind} and no StartingSequenceNumber."
            )
        if not isinstance(number, str) or not re.fullmatch(r"0|[1-9]\d{0,128}", number, re.ASCII):
            raise validation(
                number,
                "startingSequenceNumber",
                "Member must satisfy regular expression pattern: 0|([1-9]\\d{0,128})",
            )
        if not shard.owns(int(number)):
            raise invalid_argument(
                f"StartingSequenceNumber {number} used in GetShardIterator on shard "
                f"{shard.shard_id} in stream {stream.stream_name} under account {ACCOUNT} is "
                "invalid because it did not come from this stream."
            )
        before = 1 if kind == "AT_SEQUENCE_NUMBER" else 0
        return int(number) - before

    def _last_before_time(self, shard: FaithfulShard, moment: object) -> int:
        if type(moment) not in (int, float):
            raise invalid_argument(
                "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. "
                "Current request has no timestamp parameter."
            )
        assert isinstance(moment, int | float)
        if moment > self._backend.clock.now() + 1:
            raise invalid_argument(
                "The timestampInMillis parameter cannot be greater than the "
                "currentTimestampInMillis."
            )
        for number, record in shard.records.items():
            if record.created_at >= moment:
                return number - 1
        return shard.get_max_sequence_number()

    def _get_records(self, parameters: Parameters) -> Answer:
        limit = _whole(parameters, "Limit", MAX_PAGE, 1, MAX_PAGE)
        position = _Position.parse(parameters.get("ShardIterator"))
        now = self._backend.clock.now()
        if now - position.born > ITERATOR_SECONDS:
            raise AwsError(
                "ExpiredIteratorException",
                "Iterator expired. It was created more than 300000 milliseconds ago.",
            )
        stream = self._backend.describe_stream(None, position.stream)
        shard = stream.shards.get(position.shard_id)
        if not isinstance(shard, FaithfulShard):
            raise not_found(f"Shard {position.shard_id} does not exist")
        index = sum(number <= position.last for number in shard.records)
        size = self._faults.page_size(limit)
        for fault in self._faults.empty_pages(shard.shard_id):
            if index == fault.before_record < len(shard.records) and position.empty < fault.pages:
                following = position.moved(position.last, now, position.empty + 1)
                return {
                    "Records": [],
                    "NextShardIterator": following.token(),
                    "MillisBehindLatest": fault.millis_behind,
                }
            if index < fault.before_record:
                size = min(size, fault.before_record - index)
        return self._page(shard, position, index, size, now)

    def _page(
        self, shard: FaithfulShard, position: "_Position", index: int, size: int, now: float
    ) -> Answer:
        page: list[Answer] = []
        total = 0
        numbers = list(shard.records)[index : index + size]
        for number in numbers:
            record = shard.records[number]
            total += len(record.data) * 3 // 4
            if page and total > MAX_PAGE_BYTES:
                break
            page.append(
                {
                    "SequenceNumber": str(number),
                    "ApproximateArrivalTimestamp": record.created_at,
                    "Data": record.data,
                    "PartitionKey": record.partition_key,
                }
            )
        last = numbers[len(page) - 1] if page else position.last
        rest = list(shard.records)[index + len(page) :]
        behind = max(1, int((now - shard.records[rest[0]].created_at) * 1000)) if rest else 0
        answer: Answer = {"Records": page, "MillisBehindLatest": behind}
        if shard.is_open or rest:
            answer["NextShardIterator"] = position.moved(last, now, 0).token()
        else:
            answer["ChildShards"] = [
                {
                    "ShardId": child.shard_id,
                    "ParentShards": [one for one in (child.parent, child.adjacent_parent) if one],
                    "HashKeyRange": child.to_json()["HashKeyRange"],
                }
                for child in shard.children
            ]
        return answer


class _Position:
    """What a shard iterator stands for."""

    def __init__(self, stream: str, shard_id: str, last: int, born: float, empty: int) -> None:
        self.stream = stream
        self.shard_id = shard_id
        self.last = last
        self.born = born
        self.empty = empty

    @classmethod
    def parse(cls, token: object) -> "_Position":
        """Read an iterator; anything else is refused."""
        match _parse_token(token):
            case [str(stream), str(shard_id), str(last), float(born), int(empty)] if (
                last.isdecimal() and len(last) < 150
            ):
                return cls(stream, shard_id, int(last), born, empty)
        raise invalid_argument("Invalid ShardIterator.")

    def moved(self, last: int, now: float, empty: int) -> "_Position":
        """Make the iterator that follows."""
        return _Position(self.stream, self.shard_id, last, now, empty)

    def token(self) -> str:
        """Write the iterator as clients see it."""
        return _token([self.stream, self.shard_id, str(self.last), self.born, self.empty])


def _token(parts: list[Any]) -> str:
    return base64.b64encode(json.dumps(parts).encode()).decode()


def _parse_token(token: object) -> Any:
    if not isinstance(token, str) or len(token) > 4096:
        return None
    try:
        return json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _parse_list_token(token: object) -> tuple[str, str]:
    match _parse_token(token):
        case [str(name), str(start)]:
            return name, start
    raise AwsError("ExpiredNextTokenException", "The NextToken is not valid.")


def _behind(shards: list[FaithfulShard], start: object) -> list[FaithfulShard]:
    return [shard for shard in shards if not isinstance(start, str) or shard.shard_id > start]


def _whole(parameters: Parameters, name: str, default: int, least: int, most: int) -> int:
    value = parameters.get(name)
    if value is None:
        return default
    if type(value) is not int or not least <= value <= most:
        raise validation(value, name, f"Member must have value between {least} and {most}")
    return value


def _checked_record(record: object) -> tuple[str, str | None, str]:
    """Check one record; return its key, its explicit hash key and its data in base64."""
    if not isinstance(record, dict):
        raise AwsError("SerializationException", "a record is an object")
    key, explicit, data = (record.get(name) for name in ("PartitionKey", "ExplicitHashKey", "Data"))
    if not isinstance(key, str) or not 1 <= len(key) <= 256:
        raise validation(key, "partitionKey", "Member must have length between 1 and 256")
    if not isinstance(explicit, str | None) or not isinstance(data, str):
        raise AwsError("SerializationException", "Data and ExplicitHashKey are strings")
    try:
        size = len(base64.b64decode(data, validate=True))
        key.encode()
    except (binascii.Error, ValueError):
        raise AwsError("SerializationException", "Data is base64, a key is text") from None
    if size > MAX_RECORD_BYTES:
        raise validation(
            f"[{size} bytes]", "data", "Member must have length less than or equal to 1048576"
        )
    return key, explicit, data


def _without_none(table: Answer) -> Answer:
    return {key: value for key, value in table.items() if value is not None}
