"""The simulated AWS that the checks run on: moto, mended where it would refuse right code.

`moto_server`, which you start by hand, is moto as it comes. AWS does what stands below, and so does
the cloud that your grade is made with.
"""

import contextlib
import logging
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator

import pytest
from moto.core.responses import ActionResult
from moto.kinesis.models import KinesisBackend
from moto.kinesis.responses import KinesisResponse
from moto.server import ThreadedMotoServer
from moto.sqs.models import SQSBackend


@contextlib.contextmanager
def mended_moto() -> Iterator[str]:
    """Serve the mended moto on a free port of this machine, and point boto3 there.

    Yields:
        Its address.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for every request
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KinesisBackend, "get_shard_iterator", _get_shard_iterator)
        patch.setattr(KinesisBackend, "list_shards", _list_shards)
        patch.setattr(KinesisResponse, "describe_stream", _describe_stream)
        patch.setattr(SQSBackend, "receive_message", _receive_message)
        server.start()
        host, port = server.get_host_and_port()
        _point_boto3_to(f"http://{host}:{port}", patch)
        try:
            yield f"http://{host}:{port}"
        finally:
            server.stop()


def _point_boto3_to(address: str, patch: pytest.MonkeyPatch) -> None:
    """Set the environment so that no code, whatever its settings, reaches another AWS."""
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


_plain_get_shard_iterator = KinesisBackend.get_shard_iterator
_plain_receive_message = SQSBackend.receive_message


def _get_shard_iterator(self, stream_arn, stream_name, *details):
    """An iterator also works if the stream was named by its ARN."""
    name = self.describe_stream(stream_arn, stream_name).stream_name
    return _plain_get_shard_iterator(self, None, name, *details)


def _list_shards(self, stream_arn, stream_name, limit, next_token):
    """A NextToken alone, with no stream beside it, gives the next page."""
    start = 0
    if next_token:
        position, _, stream_name = urlsafe_b64decode(next_token).decode().partition(" ")
        start, stream_arn = int(position), None
    stream = self.describe_stream(stream_arn, stream_name)
    shards = sorted(stream.shards.values(), key=lambda shard: shard.shard_id)
    end = start + limit
    more = f"{end} {stream.stream_name}".encode()
    return shards[start:end], urlsafe_b64encode(more).decode() if end < len(shards) else None


def _describe_stream(self):
    """DescribeStream goes on behind ExclusiveStartShardId, 100 shards at a time."""
    parameter = self._get_param
    stream = self.kinesis_backend.describe_stream(parameter("StreamARN"), parameter("StreamName"))
    answer = stream.to_json()
    start, limit = parameter("ExclusiveStartShardId") or "", parameter("Limit") or 100
    shards = [one for one in answer["StreamDescription"]["Shards"] if one["ShardId"] > start]
    answer["StreamDescription"]["Shards"] = shards[:limit]
    answer["StreamDescription"]["HasMoreShards"] = len(shards) > limit
    return ActionResult(answer)


def _receive_message(self, queue_name, count, wait_seconds_timeout, *details, **more):
    """A long poll of an empty queue ends at once: nobody else is there to send anything."""
    return _plain_receive_message(self, queue_name, count, 0, *details, **more)
