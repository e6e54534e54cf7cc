"""The streams of the simulated AWS: moto's, patched where AWS behaves differently."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.kinesis.exceptions import InvalidArgumentError, ResourceNotFoundError
from moto.kinesis.models import KinesisBackend, Stream
from moto.kinesis.responses import KinesisResponse

from checks.faults import faults
from checks.patched_shards import is_open_at
from checks.virtual_time import now

CHANGE_SECONDS = 15.0
"""How long a stream is CREATING, UPDATING or DELETING. AWS takes about as long."""
STATUS_REQUESTS_PER_CHANGE = 3
"""After this many requests for its status, a stream changes earlier, so that loops end soon."""
DEFAULT_SHARDS = 4
"""What a stream has that is created without ShardCount."""
MOST_SHARDS = 500
"""Of an account, open and closed ones together."""
TOKEN_SECONDS = 300
"""How long the token of a page of shards can be used."""
DEFAULT_KIB = 1024
"""The largest record of a stream that is created without MaxRecordSizeInKiB."""

_plain_describe_stream = KinesisBackend.describe_stream
_plain_describe_limits = KinesisBackend.describe_limits
_plain_answer_update_shard_count = KinesisResponse.update_shard_count
_plain_summary = Stream.to_json_summary


# Streams take some time to be created, changed and deleted.


def begin_change(stream: Stream, status: str) -> None:
    """Make a stream CREATING, UPDATING or DELETING for a while."""
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
    """A stream that was deleted some time ago is gone. An ARN may be of any region."""
    finish_due_changes(self)
    return _plain_describe_stream(self, None, stream_name or str(stream_arn).rpartition("/")[2])


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


def most_bytes(stream):
    """Return how large a record of a stream can be, its partition key included."""
    return 1024 * getattr(stream, "max_kib", DEFAULT_KIB)


def _updating(plain):
    """Make an operation keep a stream UPDATING for a while. Meanwhile, refuse other changes."""

    def answer(self):
        parameter = self._get_param
        stream = self.kinesis_backend.describe_stream(
            parameter("StreamARN"), parameter("StreamName")
        )
        if stream.status != "ACTIVE":
            message = f"Stream {stream.stream_name} is not ACTIVE, but {stream.status}."
            raise JsonRESTError("ResourceInUseException", message)
        result = plain(self)
        begin_change(stream, "UPDATING")
        return result

    return answer


def _answer_update_max_record_size(self):
    stream = self.kinesis_backend.describe_stream(self._get_param("StreamARN"), None)
    stream.max_kib = self._get_param("MaxRecordSizeInKiB")
    return EmptyResult()


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


def _answer_delete_stream(self):
    """A stream is DELETING for a while before it is gone. Its consumers must be gone before."""
    parameter = self._get_param
    stream = self.kinesis_backend.describe_stream(parameter("StreamARN"), parameter("StreamName"))
    if stream.consumers and not parameter("EnforceConsumerDeletion"):
        message = f"Stream {stream.stream_name} has consumers: set EnforceConsumerDeletion."
        raise JsonRESTError("ResourceInUseException", message)
    if stream.status != "DELETING":
        begin_change(stream, "DELETING")
    return EmptyResult()


def _answer_create_stream(self):
    """A new stream is CREATING for a while."""
    finish_due_changes(self.kinesis_backend)
    name, count = self._get_param("StreamName"), self._get_param("ShardCount")
    mode = self._get_param("StreamModeDetails")
    if len(_all_shards(self.kinesis_backend)) + (count or DEFAULT_SHARDS) > MOST_SHARDS:
        message = f"An account has at most {MOST_SHARDS} shards."
        raise JsonRESTError("LimitExceededException", message)
    stream = self.kinesis_backend.create_stream(name, count or DEFAULT_SHARDS, stream_mode=mode)
    stream.tags.update(self._get_param("Tags") or {})
    stream.max_kib = self._get_param("MaxRecordSizeInKiB") or DEFAULT_KIB
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
    answer["StreamDescription"]["StreamModeDetails"] = stream.stream_mode
    return ActionResult(answer)


def _answer_list_shards(self):
    """A NextToken without a stream returns the next page. A stream that is CREATING has none."""
    parameter = self._get_param
    name, arn, chosen = (parameter(key) for key in ("StreamName", "StreamARN", "ShardFilter"))
    start, most = parameter("ExclusiveStartShardId") or "", parameter("MaxResults") or 1000
    if token := parameter("NextToken"):
        try:
            name, start, chosen, made_at = json.loads(urlsafe_b64decode(token))
        except ValueError:
            message = "The NextToken is not valid."
            raise JsonRESTError("ExpiredNextTokenException", message) from None
        if now() > made_at + TOKEN_SECONDS:
            raise JsonRESTError("ExpiredNextTokenException", "The NextToken has expired.")
        arn = None
    stream = self.kinesis_backend.describe_stream(arn, name)
    if stream.status == "CREATING":
        _count_status_request(stream)
        message = f"Stream {stream.stream_name} is not ACTIVE, but CREATING."
        raise JsonRESTError("ResourceInUseException", message)
    is_chosen = _filter_of(stream, chosen or {"Type": "FROM_TRIM_HORIZON"})
    shards = [
        shard
        for shard in sorted(stream.shards.values(), key=lambda shard: shard.shard_id)
        if shard.shard_id > start and is_chosen(shard)
    ]
    size = faults.shard_page_size(stream.stream_name, most)
    answer = {"Shards": [shard.to_json() for shard in shards[:size]]}
    if len(shards) > size:
        more = json.dumps([stream.stream_name, shards[size - 1].shard_id, chosen, now()])
        answer["NextToken"] = urlsafe_b64encode(more.encode()).decode()
    return ActionResult(answer)


def _filter_of(stream, chosen):
    """Return what chooses the shards that a ShardFilter asks for. No record has expired yet."""
    after, moment = chosen.get("ShardId"), chosen.get("Timestamp")
    filters = {
        "AFTER_SHARD_ID": after and (lambda shard: shard.shard_id > after),
        "AT_LATEST": lambda shard: shard.is_open,
        "AT_TIMESTAMP": moment and (lambda shard: is_open_at(stream, shard, moment)),
        "AT_TRIM_HORIZON": lambda shard: not shard.parent,
        "FROM_TIMESTAMP": moment and (lambda shard: shard.closed_at >= moment),
        "FROM_TRIM_HORIZON": lambda shard: True,
    }
    if not filters.get(chosen["Type"]):
        raise InvalidArgumentError(f"A ShardFilter cannot be {chosen}.")
    return filters[chosen["Type"]]


def _summary(self):
    """A summary counts open shards and consumers, and names the size of the largest record."""
    answer = _plain_summary(self)
    shards = () if self.status == "CREATING" else self.shards.values()
    answer["StreamDescriptionSummary"].update(
        OpenShardCount=sum(shard.is_open for shard in shards),
        ConsumerCount=len(self.consumers),
        MaxRecordSizeInKiB=most_bytes(self) // 1024,
    )
    return answer


def _describe_limits(self):
    """The limits of an account count the shards that are open."""
    return _plain_describe_limits(self) | {
        "OpenShardCount": sum(shard.is_open for shard in _all_shards(self)),
        "ShardLimit": MOST_SHARDS,
    }


def _all_shards(backend):
    return [shard for stream in backend.streams.values() for shard in stream.shards.values()]


def _answer_update_shard_count(self):
    """The answer names the stream by its ARN too."""
    parameter = self._get_param
    answer = _plain_answer_update_shard_count(self).result
    stream = self.kinesis_backend.describe_stream(parameter("StreamARN"), parameter("StreamName"))
    return ActionResult(answer | {"StreamName": stream.stream_name, "StreamARN": stream.arn})


_UPDATING = (
    "merge_shards",
    "split_shard",
    "start_stream_encryption",
    "stop_stream_encryption",
    "update_stream_mode",
)
PATCHES = (
    (KinesisBackend, "describe_stream", _describe_stream),
    (KinesisBackend, "describe_stream_summary", _describe_stream_summary),
    (KinesisBackend, "describe_limits", _describe_limits),
    (KinesisResponse, "create_stream", _answer_create_stream),
    (KinesisResponse, "delete_stream", _answer_delete_stream),
    (KinesisResponse, "describe_stream", _answer_describe_stream),
    (KinesisResponse, "list_shards", _answer_list_shards),
    (KinesisResponse, "list_streams", _answer_list_streams),
    (KinesisResponse, "update_shard_count", _updating(_answer_update_shard_count)),
    (KinesisResponse, "update_max_record_size", _updating(_answer_update_max_record_size)),
    *((KinesisResponse, name, _updating(getattr(KinesisResponse, name))) for name in _UPDATING),
    (Stream, "to_json_summary", _summary),
)
"""What is replaced by what."""
