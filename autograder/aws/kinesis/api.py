"""Kinesis's operations on the mended streams, in AWS's shapes: JSON in, JSON out.

What departs from moto is here; the other operations (tags, retention, consumers) are moto's own.
Parameters are of their operation's shape already, types and sizes included.
Source of behaviour and limits: Amazon Kinesis Data Streams API Reference.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.kinesis.models import KinesisBackend
from moto.kinesis.responses import KinesisResponse

from autograder.aws.errors import (
    AwsError,
    invalid_argument,
    not_found,
    throughput_exceeded,
    validation,
)
from autograder.aws.faults import Faults, decoded_size
from autograder.aws.kinesis.state import (
    ACCOUNT,
    REGION,
    FaithfulBackend,
    FaithfulShard,
    FaithfulStream,
)
from autograder.aws.moto_call import InOneRegion, ask_moto

ITERATOR_SECONDS = 300
MAX_RECORD_BYTES = 1 << 20
MAX_BATCH_BYTES = 5 << 20
MAX_PAGE = 10_000
MAX_PAGE_BYTES = 10 << 20
MAX_TOKEN = 4096
DESCRIBE_PAGE = 100
LIST_PAGE = 1000
MAX_SHARDS = 500
"""Of an account, open and closed ones together."""
MAX_TAGS = 50

_LATEST = 1e12
"""Seconds since the epoch that no clock here reaches."""

Parameters = dict[str, Any]
Answer = dict[str, Any]


class MotoKinesis(InOneRegion, KinesisResponse):
    """moto's own operations, on our backend and in the one region there is."""

    def __init__(self, backend: FaithfulBackend) -> None:
        super().__init__()
        self._backend = backend

    @property
    def kinesis_backend(self) -> KinesisBackend:
        """Give the backend that the cloud owns."""
        return self._backend


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
            "MergeShards": self._merge_shards,
            "PutRecord": self._put_record,
            "PutRecords": self._put_records,
            "SplitShard": self._split_shard,
        }

    def answer(self, operation: str, parameters: Parameters) -> Answer:
        """Do an operation.

        Raises:
            AwsError: It is refused.
        """
        own = self._operations.get(operation)
        if own is not None:
            return own(parameters)
        target = f"Kinesis_20131202.{operation}"
        parameters = self._fit_for_moto(operation, parameters)
        return ask_moto(MotoKinesis(self._backend), target, "127.0.0.1", parameters)

    def _fit_for_moto(self, operation: str, parameters: Parameters) -> Parameters:
        """Name a stream as moto knows it, and refuse what moto would never come to an end with."""
        if not {"StreamName", "StreamARN"} & parameters.keys():
            return parameters
        stream = self._active_stream(parameters)
        if operation == "UpdateShardCount":
            target = parameters["TargetShardCount"]
            open_shards = sum(shard.is_open for shard in stream.faithful_shards())
            if not open_shards <= 2 * target <= 4 * open_shards:
                raise AwsError(
                    "LimitExceededException",
                    f"UpdateShardCount cannot scale {open_shards} shards to {target}: half as many "
                    "or twice as many are the bounds.",
                )
            self._expect_room_for(3 * open_shards)
        if operation == "AddTagsToStream" and len(stream.tags | parameters["Tags"]) > MAX_TAGS:
            raise AwsError("LimitExceededException", f"A stream has {MAX_TAGS} tags at most.")
        names = {"StreamName": stream.stream_name, "StreamARN": stream.arn}
        return parameters | {name: names[name] for name in names if name in parameters}

    def _expect_room_for(self, shards: int) -> None:
        """Refuse more shards than an account may have.

        Source: "Quotas and limits"; AWS counts open shards, and gives more room on request.
        """
        present = sum(len(stream.shards) for stream in self._backend.streams.values())
        if present + shards > MAX_SHARDS:
            raise AwsError(
                "LimitExceededException",
                f"This request would exceed the shard limit for the account {ACCOUNT} in {REGION}. "
                f"Current shard count for the account: {present}. Limit: {MAX_SHARDS}. Number of "
                f"additional shards that would have resulted from this request: {shards}.",
            )

    def shard_of(self, parameters: Parameters) -> tuple[str, str]:
        """Name the stream and shard that the iterator of an answered GetRecords belongs to."""
        token = _Position.parse(parameters["ShardIterator"])
        return (token.stream, token.shard_id)

    def _stream(self, parameters: Parameters) -> FaithfulStream:
        name, arn = parameters.get("StreamName"), parameters.get("StreamARN")
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
        name = parameters["StreamName"]
        if not re.fullmatch(r"[a-zA-Z0-9_.-]+", name):
            raise validation(
                name,
                "streamName",
                "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
            )
        mode = parameters.get("StreamModeDetails", {})
        on_demand = mode.get("StreamMode") == "ON_DEMAND"
        count = 4 if on_demand else parameters.get("ShardCount")
        if count is None:
            raise validation(None, "shardCount", "Member must not be null")
        self._expect_room_for(count)
        self._backend.expect_free(name)
        self._faults.strike("CreateStream", name)
        self._backend.make_stream(name, count, mode if on_demand else None, "CREATING")
        self._faults.restart(name)
        return {}

    def _delete_stream(self, parameters: Parameters) -> Answer:
        stream = self._stream(parameters)
        self._faults.strike("DeleteStream", stream.stream_name)
        if stream.status != "DELETING":
            stream.begin("DELETING")
        return {}

    def _described(self, operation: str, parameters: Parameters) -> FaithfulStream:
        """Find a stream and count that it was looked at."""
        stream = self._stream(parameters)
        is_gone_by_this_look = stream.status == "DELETING" and stream.describes_left <= 1
        if not is_gone_by_this_look:
            self._faults.strike(operation, stream.stream_name)
        stream.describes_left -= 1
        return self._stream(parameters)

    def _describe_stream(self, parameters: Parameters) -> Answer:
        stream = self._described("DescribeStream", parameters)
        limit = parameters.get("Limit", DESCRIBE_PAGE)
        size = self._faults.shard_page_size(stream.stream_name, min(limit, DESCRIBE_PAGE))
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
        stream = self._described("DescribeStreamSummary", parameters)
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
        if start is not None:
            names = [name for name in names if name > start]
        size = parameters.get("Limit", 100)
        found = [self._backend.streams[name] for name in names[:size]]
        answer: Answer = {
            "StreamNames": names[:size],
            "HasMoreStreams": len(names) > size,
            "StreamSummaries": [
                _without_none(
                    {
                        "StreamName": stream.stream_name,
                        "StreamARN": stream.arn,
                        "StreamStatus": stream.status,
                        "StreamModeDetails": stream.stream_mode,
                        "StreamCreationTimestamp": stream.creation_datetime.timestamp(),
                    }
                )
                for stream in found
            ],
        }
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
        chosen = parameters.get("ShardFilter")
        if token is not None:
            name, start, chosen = _parse_list_token(token)
            named = parameters.get("StreamName")
            if named not in (None, name):
                raise invalid_argument("NextToken and StreamName cannot be provided together.")
            stream = self._backend.describe_stream(None, name)
        else:
            stream = self._stream(parameters)
        self._faults.strike("ListShards", stream.stream_name)
        shards = _behind(_filtered(stream.faithful_shards(), chosen), start)
        limit = parameters.get("MaxResults", LIST_PAGE)
        size = self._faults.shard_page_size(stream.stream_name, min(limit, LIST_PAGE))
        answer: Answer = {"Shards": [shard.to_json() for shard in shards[:size]]}
        if len(shards) > size:
            last = shards[size - 1].shard_id
            answer["NextToken"] = _token([stream.stream_name, last, chosen])
        return answer

    def _put_record(self, parameters: Parameters) -> Answer:
        stream = self._active_stream(parameters)
        key, explicit, data = _checked_record(parameters)
        shard = stream.open_shard_for(key, explicit)
        self._expect_throughput(stream, shard, data)
        self._faults.strike("PutRecord", stream.stream_name)
        return self._store(stream, shard, key, data)

    def _put_records(self, parameters: Parameters) -> Answer:
        stream = self._active_stream(parameters)
        checked = [_checked_record(record) for record in parameters["Records"]]
        if sum(len(data) * 3 // 4 + len(key) for key, _, data in checked) > MAX_BATCH_BYTES:
            raise invalid_argument("Records size exceeds 5 MB limit")
        shards = [stream.open_shard_for(key, explicit) for key, explicit, _ in checked]
        self._faults.strike("PutRecords", stream.stream_name)
        results: list[Answer] = []
        for shard, (key, _, data) in zip(shards, checked, strict=True):
            try:
                self._expect_throughput(stream, shard, data)
                results.append(self._store(stream, shard, key, data))
            except AwsError as error:
                results.append({"ErrorCode": error.code, "ErrorMessage": error.message})
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedRecordCount": failed, "Records": results}

    def _expect_throughput(self, stream: FaithfulStream, shard: FaithfulShard, data: str) -> None:
        if self._backend.settings.throughput_limits:
            shard.expect_throughput(decoded_size(data), stream.stream_name)

    def _store(self, stream: FaithfulStream, shard: FaithfulShard, key: str, data: str) -> Answer:
        if self._faults.rejects(stream.stream_name, key, data):
            raise throughput_exceeded(shard.shard_id, stream.stream_name, ACCOUNT)
        shard.take_throughput(decoded_size(data))
        number = shard.append(key, data).number
        return {"SequenceNumber": str(number), "ShardId": shard.shard_id}

    def _get_shard_iterator(self, parameters: Parameters) -> Answer:
        stream = self._active_stream(parameters)
        shard = _shard(stream, parameters["ShardId"])
        last = self._last_before(stream, shard, parameters)
        self._faults.strike("GetShardIterator", stream.stream_name)
        for late in self._faults.late_records(stream.stream_name, shard.shard_id):
            shard.append(late.partition_key, base64.b64encode(late.data).decode())
        position = _Position(stream.stream_name, shard.shard_id, last, self._backend.clock.now(), 0)
        return {"ShardIterator": position.token()}

    def _last_before(
        self, stream: FaithfulStream, shard: FaithfulShard, parameters: Parameters
    ) -> int:
        """Tell the sequence number behind which an iterator starts."""
        kind = parameters["ShardIteratorType"]
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
        if not re.fullmatch(r"0|[1-9]\d{0,128}", number, re.ASCII):
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
        position = _Position.parse(parameters["ShardIterator"])
        now = self._backend.clock.now()
        if now - position.born > ITERATOR_SECONDS:
            raise AwsError(
                "ExpiredIteratorException",
                "Iterator expired. It was created more than 300000 milliseconds ago.",
            )
        stream = self._active_stream({"StreamName": position.stream})
        shard = _shard(stream, position.shard_id)
        self._faults.strike("GetRecords", stream.stream_name)
        index = shard.count_up_to(position.last)
        size = self._faults.page_size(stream.stream_name, limit)
        for fault in self._faults.empty_pages(stream.stream_name, shard.shard_id):
            if index == fault.before_record < len(shard.log) and position.empty < fault.pages:
                following = position.moved(position.last, now, position.empty + 1)
                return {
                    "Records": [],
                    "NextShardIterator": following.token(),
                    "MillisBehindLatest": fault.millis_behind,
                }
            if index < fault.before_record:
                size = min(size, fault.before_record - index)
        return self._page(shard, position, index, size, now)

    def _split_shard(self, parameters: Parameters) -> Answer:
        stream = self._active_stream(parameters)
        shard = _shard(stream, parameters["ShardToSplit"])
        key = parameters["NewStartingHashKey"]
        if not re.fullmatch(r"0|[1-9]\d{0,38}", key, re.ASCII):
            raise validation(
                key,
                "newStartingHashKey",
                "Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})",
            )
        if not shard.is_open or not shard.starting_hash < int(key) < shard.ending_hash:
            raise invalid_argument(
                f"Shard {shard.shard_id} in stream {stream.stream_name} under account {ACCOUNT} "
                f"is closed, or does not hold the hash key {key} within its range."
            )
        self._expect_room_for(2)
        self._faults.strike("SplitShard", stream.stream_name)
        stream.split_shard(shard.shard_id, key)
        return {}

    def _merge_shards(self, parameters: Parameters) -> Answer:
        stream = self._active_stream(parameters)
        names = (parameters["ShardToMerge"], parameters["AdjacentShardToMerge"])
        first, second = (_shard(stream, name) for name in names)
        self._expect_room_for(1)
        stream.expect_mergeable(first.shard_id, second.shard_id)
        self._faults.strike("MergeShards", stream.stream_name)
        stream.merge_shards(first.shard_id, second.shard_id)
        return {}

    def _page(
        self, shard: FaithfulShard, position: "_Position", index: int, size: int, now: float
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
                }
            )
        end = index + len(page)
        last = shard.log[end - 1].number if page else position.last
        rest = end < len(shard.log)
        behind = max(1, int((now - shard.log[end].created_at) * 1000)) if rest else 0
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
    def parse(cls, token: str) -> "_Position":
        """Read an iterator; anything else is refused."""
        match _parse_token(token):
            case [str(stream), str(shard_id), str(last), float(born), int(empty)] if (
                re.fullmatch(r"\d{1,150}", last, re.ASCII)
                and 0 <= born < _LATEST
                and 0 <= empty < MAX_PAGE
                and type(empty) is int
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


def _parse_token(token: str) -> Any:
    if len(token) > MAX_TOKEN:
        return None
    try:
        return json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _parse_list_token(token: str) -> tuple[str, str, Parameters | None]:
    match _parse_token(token):
        case [str(name), str(start), None]:
            return name, start, None
        case [str(name), str(start), {"Type": str(), **members} as chosen] if _are_plain(members):
            return name, start, chosen
    raise AwsError("ExpiredNextTokenException", "The NextToken is not valid.")


def _are_plain(members: Mapping[Any, Any]) -> bool:
    """Whether the members of a shard filter in a token, which may be forged, have their types."""
    moment = members.get("Timestamp", 0.0)
    return (
        set(members) <= {"ShardId", "Timestamp"}
        and isinstance(members.get("ShardId", ""), str)
        and isinstance(moment, int | float)
        and not isinstance(moment, bool)
    )


_FILTER_MEMBERS = {
    "AFTER_SHARD_ID": "ShardId",
    "AT_TIMESTAMP": "Timestamp",
    "FROM_TIMESTAMP": "Timestamp",
}
"""What a ShardFilter of these types must hold."""


def _filtered(shards: list[FaithfulShard], chosen: Parameters | None) -> list[FaithfulShard]:
    """Choose the shards that a ShardFilter asks for.

    Source: Amazon Kinesis Data Streams API reference, ShardFilter. Nothing is trimmed here, so that
    TRIM_HORIZON is the time at which the stream was made, when no shard had a parent.

    Raises:
        AwsError: A member is missing that the filter's type needs.
    """
    kind = None if chosen is None else chosen["Type"]
    if chosen is None or kind == "FROM_TRIM_HORIZON":
        return shards
    member = _FILTER_MEMBERS.get(chosen["Type"])
    if member is not None and member not in chosen:
        raise invalid_argument(f"{member} is required for ShardFilter of type {kind}.")
    match kind:
        case "AT_LATEST":
            return [shard for shard in shards if shard.is_open]
        case "AT_TRIM_HORIZON":
            return [shard for shard in shards if shard.parent is None]
        case "AFTER_SHARD_ID":
            return _behind(shards, chosen["ShardId"])
        case "AT_TIMESTAMP":
            moment = chosen["Timestamp"]
            return [shard for shard in shards if shard.opened_at <= moment <= shard.closed_at]
        case "FROM_TIMESTAMP":
            return [shard for shard in shards if shard.closed_at >= chosen["Timestamp"]]
    raise invalid_argument(f"ShardFilter has no type {kind}.")


def _behind(shards: list[FaithfulShard], start: str | None) -> list[FaithfulShard]:
    return [shard for shard in shards if start is None or shard.shard_id > start]


def _shard(stream: FaithfulStream, shard_id: str) -> FaithfulShard:
    shard = stream.shards.get(shard_id)
    if not isinstance(shard, FaithfulShard):
        raise not_found(
            f"Shard {shard_id} in stream {stream.stream_name} under account {ACCOUNT} does not "
            "exist"
        )
    return shard


def _checked_record(record: Parameters) -> tuple[str, str | None, str]:
    """Check one record; return its key, its explicit hash key and its data in base64."""
    key, data = record.get("PartitionKey"), record["Data"]
    if key is None:  # which the model lets pass
        raise validation(key, "partitionKey", "Member must not be null")
    size = decoded_size(data)
    if size > MAX_RECORD_BYTES:
        raise validation(
            f"[{size} bytes]", "data", "Member must have length less than or equal to 1048576"
        )
    return key, record.get("ExplicitHashKey"), data


def _without_none(table: Answer) -> Answer:
    return {key: value for key, value in table.items() if value is not None}
