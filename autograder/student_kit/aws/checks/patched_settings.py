"""Tags and consumers of the simulated AWS: moto's, patched where AWS behaves differently."""

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.kinesis.models import Consumer, KinesisBackend
from moto.kinesis.responses import KinesisResponse

from checks.patched_streams import active_stream

LIST_PAGE = 50
"""Tags that ListTagsForStream returns by default."""


# Streams and consumers are found by their ARN; one that does not exist is an error.


def _find_stream_by_arn(self, stream_arn):
    return self.describe_stream(stream_arn, None)


def _tags(response):
    """Return the tags of the stream or consumer that a request names."""
    backend, arn = response.kinesis_backend, response._get_param("ResourceARN")
    if arn is None:
        return backend.describe_stream(
            response._get_param("StreamARN"), response._get_param("StreamName")
        ).tags
    if "/consumer/" in arn:
        return backend.describe_stream_consumer(None, None, arn).tags
    return backend.describe_stream(arn, None).tags


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


def _answer_list_tags_for_stream(self):
    """Tags come in pages; the next page begins behind ExclusiveStartTagKey."""
    start, size = self._get_param("ExclusiveStartTagKey") or "", self._get_param("Limit")
    tags = [
        {"Key": key, "Value": value} for key, value in sorted(_tags(self).items()) if key > start
    ]
    page = tags[: size or LIST_PAGE]
    return ActionResult({"Tags": page, "HasMoreTags": len(tags) > len(page)})


def _answer_register_stream_consumer(self):
    """A stream has one consumer of a name."""
    backend, name = self.kinesis_backend, self._get_param("ConsumerName")
    stream = active_stream(backend, self._get_param("StreamARN"), None)
    if any(consumer.consumer_name == name for consumer in stream.consumers):
        message = f"Consumer {name} under stream {stream.stream_name} already exists."
        raise JsonRESTError("ResourceInUseException", message)
    consumer = Consumer(name, backend.account_id, backend.region_name, stream.arn)
    consumer.tags = self._get_param("Tags") or {}
    stream.consumers.append(consumer)
    return ActionResult({"Consumer": consumer.to_json()})


def _deregister_stream_consumer(self, stream_arn, consumer_name, consumer_arn):
    """A consumer is named by its ARN, or by its name and its stream's ARN."""
    consumer = self.describe_stream_consumer(stream_arn, consumer_name, consumer_arn)
    self.describe_stream(consumer.stream_arn, None).consumers.remove(consumer)


PATCHES = (
    (KinesisBackend, "_find_stream_by_arn", _find_stream_by_arn),
    (KinesisBackend, "deregister_stream_consumer", _deregister_stream_consumer),
    (KinesisResponse, "list_tags_for_resource", _answer_list_tags_for_resource),
    (KinesisResponse, "list_tags_for_stream", _answer_list_tags_for_stream),
    (KinesisResponse, "register_stream_consumer", _answer_register_stream_consumer),
    (KinesisResponse, "tag_resource", _answer_tag_resource),
    (KinesisResponse, "untag_resource", _answer_untag_resource),
)
"""What is replaced by what."""
