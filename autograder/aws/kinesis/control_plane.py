"""Kinesis's operations on streams: make, delete, describe, list, with their shards; settings.

Source of behaviour and limits: Amazon Kinesis Data Streams API Reference.
"""

from collections.abc import Callable, Mapping
from typing import Any

from autograder.aws.errors import AwsError, invalid_argument
from autograder.aws.faults import Faults
from autograder.aws.kinesis.shards import FaithfulShard
from autograder.aws.kinesis.streams import (
    DEFAULT_RECORD_KIB,
    KIB,
    FaithfulBackend,
    FaithfulStream,
)
from autograder.aws.kinesis.tags import check_tags
from autograder.aws.kinesis.tokens import ListingToken
from autograder.aws.moto_adapter import ACCOUNT
from autograder.aws.shapes import enum_of

DESCRIBE_PAGE = 100
LIST_PAGE = 1000
"""Shards that DescribeStream and ListShards return in one answer, at most."""
STREAMS_PAGE = 100
MAX_CREATING = 5
"""Streams of an account that are CREATING at a time."""
_METRICS = sorted(enum_of("kinesis", "MetricsName") - {"ALL"})
DEFAULT_SHARDS = 4
"""What a stream begins with in mode ON_DEMAND, or without ShardCount."""

Parameters = dict[str, Any]
Answer = dict[str, Any]


class ControlPlane:
    """Answers the requests that concern streams and shards."""

    def __init__(self, backend: FaithfulBackend, faults: Faults) -> None:
        self._backend = backend
        self._faults = faults
        self.operations: Mapping[str, Callable[[Parameters], Answer]] = {
            "CreateStream": self._create_stream,
            "DeleteStream": self._delete_stream,
            "DescribeStream": self._describe_stream,
            "DescribeStreamSummary": self._describe_stream_summary,
            "DisableEnhancedMonitoring": self._disable_metrics,
            "EnableEnhancedMonitoring": self._enable_metrics,
            "ListShards": self._list_shards,
            "ListStreams": self._list_streams,
            "UpdateMaxRecordSize": self._update_max_record_size,
        }
        """What does each operation."""

    def _create_stream(self, parameters: Parameters) -> Answer:
        name = parameters["StreamName"]
        mode = parameters.get("StreamModeDetails", {})
        on_demand = mode.get("StreamMode") == "ON_DEMAND"
        if mode.get("StreamMode") == "PROVISIONED" and "ShardCount" not in parameters:
            raise invalid_argument("ShardCount is required for a stream in mode PROVISIONED.")
        count = DEFAULT_SHARDS if on_demand else parameters.get("ShardCount", DEFAULT_SHARDS)
        tags = parameters.get("Tags", {})
        check_tags(tags)
        self._backend.expect_room_for(count)
        self._backend.expect_free(name)
        self._expect_few_creating()
        self._faults.strike("CreateStream", name)
        stream = self._backend.make_stream(name, count, mode if on_demand else None, "CREATING")
        stream.tags.update(tags)
        stream.max_record_bytes = parameters.get("MaxRecordSizeInKiB", DEFAULT_RECORD_KIB) * KIB
        self._faults.restart(name)
        return {}

    def _expect_few_creating(self) -> None:
        """Refuse another stream while many are CREATING.

        Source: CreateStream, LimitExceededException.

        Raises:
            AwsError: There are as many as may be.
        """
        creating = sum(stream.status == "CREATING" for stream in self._backend.present_streams())
        if creating >= MAX_CREATING:
            raise AwsError(
                "LimitExceededException",
                f"Account {ACCOUNT} has {creating} streams in state CREATING. Limit: "
                f"{MAX_CREATING}.",
            )

    def _delete_stream(self, parameters: Parameters) -> Answer:
        stream = self._backend.named_stream(parameters)
        if stream.registered_consumers and not parameters.get("EnforceConsumerDeletion"):
            raise AwsError(
                "ResourceInUseException",
                f"Stream {stream.stream_name} under account {ACCOUNT} has registered consumers: "
                "deregister them, or set EnforceConsumerDeletion.",
            )
        self._faults.strike("DeleteStream", stream.stream_name)
        if stream.status != "DELETING":
            stream.enter("DELETING")
        return {}

    def _described(self, operation: str, parameters: Parameters) -> FaithfulStream:
        """Find a stream and count that it was looked at."""
        stream = self._backend.named_stream(parameters)
        is_gone_by_this_look = stream.status == "DELETING" and stream.describes_left <= 1
        if not is_gone_by_this_look:
            self._faults.strike(operation, stream.stream_name)
        stream.describes_left -= 1
        return self._backend.named_stream(parameters)

    def _describe_stream(self, parameters: Parameters) -> Answer:
        stream = self._described("DescribeStream", parameters)
        limit = parameters.get("Limit", DESCRIBE_PAGE)
        size = self._faults.shard_page_size(stream.stream_name, min(limit, DESCRIBE_PAGE))
        start = parameters.get("ExclusiveStartShardId")
        shards = _behind(stream.shown_shards(), start)
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
            OpenShardCount=sum(shard.is_open for shard in stream.shown_shards()),
            ConsumerCount=len(stream.registered_consumers),
            MaxRecordSizeInKiB=stream.max_record_bytes // KIB,
            StreamCreationTimestamp=stream.creation_datetime.timestamp(),
        )
        return {"StreamDescriptionSummary": _without_none(summary)}

    def _list_streams(self, parameters: Parameters) -> Answer:
        start = parameters.get("ExclusiveStartStreamName") or parameters.get("NextToken") or ""
        streams = [
            stream for stream in self._backend.present_streams() if stream.stream_name > start
        ]
        size = parameters.get("Limit", STREAMS_PAGE)
        page = streams[:size]
        names = [stream.stream_name for stream in page]
        answer: Answer = {
            "StreamNames": names,
            "HasMoreStreams": len(streams) > size,
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
                for stream in page
            ],
        }
        if len(streams) > size:
            answer["NextToken"] = names[-1]
        return answer

    def _list_shards(self, parameters: Parameters) -> Answer:
        """List shards by pages.

        AWS documents StreamName together with NextToken as an error, yet boto3's own paginator
        sends both; so a token is taken with the name it was made for, and with an
        ExclusiveStartShardId.
        """
        token = parameters.get("NextToken")
        start = parameters.get("ExclusiveStartShardId")
        chosen = parameters.get("ShardFilter")
        if token is not None:
            listing = ListingToken.parse(token)
            listing.expect_fresh(self._backend.clock.now())
            start, chosen = listing.after, listing.shard_filter
            if parameters.get("StreamName") not in (None, listing.stream):
                raise invalid_argument("NextToken and StreamName cannot be provided together.")
            stream = self._backend.describe_stream(None, listing.stream)
        else:
            stream = self._backend.named_stream(parameters)
        self._backend.expect_ready(stream, "ACTIVE", "UPDATING", "DELETING")
        self._faults.strike("ListShards", stream.stream_name)
        shards = _behind(_filtered(stream.faithful_shards(), chosen), start)
        limit = parameters.get("MaxResults", LIST_PAGE)
        size = self._faults.shard_page_size(stream.stream_name, min(limit, LIST_PAGE))
        answer: Answer = {"Shards": [shard.to_json() for shard in shards[:size]]}
        if len(shards) > size:
            last = shards[size - 1].shard_id
            listing = ListingToken(stream.stream_name, last, chosen, self._backend.clock.now())
            answer["NextToken"] = listing.encoded()
        return answer

    def _enable_metrics(self, parameters: Parameters) -> Answer:
        return self._monitored(parameters, lambda known, named: known | named)

    def _disable_metrics(self, parameters: Parameters) -> Answer:
        return self._monitored(parameters, lambda known, named: known - named)

    def _monitored(
        self, parameters: Parameters, change: Callable[[set[str], set[str]], set[str]]
    ) -> Answer:
        """Change which metrics a stream has; moto lists them in any order, with ALL among them."""
        stream = self._backend.active_stream(parameters)
        named = set(parameters["ShardLevelMetrics"])
        if "ALL" in named:
            named = set(_METRICS)
        before = stream.shard_level_metrics
        stream.shard_level_metrics = sorted(change(set(before), named))
        return {
            "StreamName": stream.stream_name,
            "StreamARN": stream.arn,
            "CurrentShardLevelMetrics": before,
            "DesiredShardLevelMetrics": stream.shard_level_metrics,
        }

    def _update_max_record_size(self, parameters: Parameters) -> Answer:
        stream = self._backend.named_stream(parameters)
        self._backend.expect_ready(stream, "ACTIVE")
        stream.max_record_bytes = parameters["MaxRecordSizeInKiB"] * KIB
        stream.enter("UPDATING")
        return {}


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
    raise invalid_argument(f"Unknown ShardFilter type {kind}.")


def _behind(shards: list[FaithfulShard], start: str | None) -> list[FaithfulShard]:
    return [shard for shard in shards if start is None or shard.shard_id > start]


def _without_none(table: Answer) -> Answer:
    return {key: value for key, value in table.items() if value is not None}
