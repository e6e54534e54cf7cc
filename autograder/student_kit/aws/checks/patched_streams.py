"""The streams of the simulated AWS: moto's, patched where AWS behaves differently."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.kinesis.exceptions import ResourceNotFoundError
from moto.kinesis.models import KinesisBackend, Stream
from moto.kinesis.responses import KinesisResponse

from checks.faults import faults
from checks.time_limit import now

CHANGE_SECONDS = 15.0
"""How long a new stream is CREATING, and a deleted one DELETING. AWS takes about as long."""
STATUS_REQUESTS_PER_CHANGE = 3
"""After this many requests for its status, a stream changes earlier, so that loops end soon."""
DEFAULT_SHARDS = 4
"""What a stream has that is created without ShardCount."""

_plain_describe_stream = KinesisBackend.describe_stream
_plain_describe_limits = KinesisBackend.describe_limits
_plain_summary = Stream.to_json_summary


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


def active_stream(backend, stream_arn, stream_name):
    """Return a stream whose records can be read and written: it is not CREATING."""
    stream = backend.describe_stream(stream_arn, stream_name)
    if stream.status == "CREATING":
        raise ResourceNotFoundError(f"Stream {stream.stream_name} not found: it is CREATING.")
    return stream


def _answer_list_streams(self):
    """Streams are listed in the order of their names, with a token for the next page."""
    backend, parameter = self.kinesis_backend, self._get_param
    for stream in backend.streams.values():
        _count_status_request(stream)
    finish_due_changes(backend)
    start = parameter("ExclusiveStartStreamName") or parameter("NextToken") or ""
    names = [name for name in sorted(backend.streams) if name > start]
    page = names[: parameter("Limit") or 100]
    answer = {
        "StreamNames": page,
        "StreamSummaries": [
            backend.streams[name].to_json_summary()["StreamDescriptionSummary"] for name in page
        ],
        "HasMoreStreams": len(names) > len(page),
    }
    if len(names) > len(page):
        answer["NextToken"] = page[-1]
    return ActionResult(answer)


def _delete_stream(self, stream_arn, stream_name):
    """A stream is DELETING for a while before it is gone."""
    stream = self.describe_stream(stream_arn, stream_name)
    if stream.status != "DELETING":
        begin_change(stream, "DELETING")
    return stream


def _answer_create_stream(self):
    """A new stream is CREATING for a while."""
    finish_due_changes(self.kinesis_backend)
    name, count = self._get_param("StreamName"), self._get_param("ShardCount")
    mode = self._get_param("StreamModeDetails")
    stream = self.kinesis_backend.create_stream(name, count or DEFAULT_SHARDS, stream_mode=mode)
    stream.tags.update(self._get_param("Tags") or {})
    begin_change(stream, "CREATING")
    return EmptyResult()


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


def _answer_list_shards(self):
    """A NextToken without a stream returns the next page. A stream that is CREATING has none."""
    parameter = self._get_param
    name, arn, kind = parameter("StreamName"), parameter("StreamARN"), None
    start = parameter("ExclusiveStartShardId") or ""
    if token := parameter("NextToken"):
        arn, (name, kind, start) = None, urlsafe_b64decode(token).decode().split(" ")
    stream = self.kinesis_backend.describe_stream(arn, name)
    if stream.status == "CREATING":
        _count_status_request(stream)
        message = f"Stream {stream.stream_name} is not ACTIVE, but CREATING."
        raise JsonRESTError("ResourceInUseException", message)
    if chosen := parameter("ShardFilter"):
        kind = chosen["Type"]
        if kind == "AFTER_SHARD_ID":
            start = chosen["ShardId"]
    shards = [
        shard
        for shard in sorted(stream.shards.values(), key=lambda shard: shard.shard_id)
        if shard.shard_id > start
        and (kind != "AT_LATEST" or shard.is_open)
        and (kind != "AT_TRIM_HORIZON" or not shard.parent)
    ]
    size = faults.shard_page_size(stream.stream_name, parameter("MaxResults") or 1000)
    answer = {"Shards": [shard.to_json() for shard in shards[:size]]}
    if len(shards) > size:
        more = f"{stream.stream_name} {kind} {shards[size - 1].shard_id}"
        answer["NextToken"] = urlsafe_b64encode(more.encode()).decode()
    return ActionResult(answer)


def _summary(self):
    """A summary counts open shards and consumers."""
    answer = _plain_summary(self)
    shards = () if self.status == "CREATING" else self.shards.values()
    answer["StreamDescriptionSummary"].update(
        OpenShardCount=sum(shard.is_open for shard in shards), ConsumerCount=len(self.consumers)
    )
    return answer


def _describe_limits(self):
    """The limits of an account count the shards that are open."""
    shards = [shard for stream in self.streams.values() for shard in stream.shards.values()]
    return _plain_describe_limits(self) | {"OpenShardCount": sum(shard.is_open for shard in shards)}


# Tags can be changed by the ARN of a stream, too.


def _tags(response):
    return response.kinesis_backend.describe_stream(response._get_param("ResourceARN"), None).tags


def _answer_tag_resource(self):
    _tags(self).update(self._get_param("Tags"))
    return EmptyResult()


def _answer_untag_resource(self):
    for key in self._get_param("TagKeys"):
        _tags(self).pop(key, None)
    return EmptyResult()


def _answer_list_tags_for_resource(self):
    tags = [{"Key": key, "Value": value} for key, value in sorted(_tags(self).items())]
    return ActionResult({"Tags": tags})


PATCHES = (
    (KinesisBackend, "describe_stream", _describe_stream),
    (KinesisBackend, "describe_stream_summary", _describe_stream_summary),
    (KinesisBackend, "delete_stream", _delete_stream),
    (KinesisBackend, "describe_limits", _describe_limits),
    (KinesisResponse, "create_stream", _answer_create_stream),
    (KinesisResponse, "list_shards", _answer_list_shards),
    (KinesisResponse, "list_streams", _answer_list_streams),
    (KinesisResponse, "list_tags_for_resource", _answer_list_tags_for_resource),
    (KinesisResponse, "tag_resource", _answer_tag_resource),
    (KinesisResponse, "untag_resource", _answer_untag_resource),
    (Stream, "to_json_summary", _summary),
    (KinesisResponse, "describe_stream", _answer_describe_stream),
)
"""What is replaced by what."""
