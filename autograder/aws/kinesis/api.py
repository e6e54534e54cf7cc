"""Kinesis: what departs from moto is done here, in AWS's shapes; the rest is moto's own.

Moto's own are retention, encryption, modes and policies. Parameters are of their operation's
shape already, types and sizes included.
"""

from typing import Any

from autograder.aws.faults import Faults
from autograder.aws.kinesis.consumers import Consumers
from autograder.aws.kinesis.control_plane import ControlPlane
from autograder.aws.kinesis.data_plane import DataPlane
from autograder.aws.kinesis.resharding import Resharding
from autograder.aws.kinesis.streams import MAX_SHARDS, FaithfulBackend
from autograder.aws.kinesis.tags import Tagging
from autograder.aws.kinesis.tokens import ShardIterator
from autograder.aws.moto_adapter import MotoKinesis, ask_moto

Parameters = dict[str, Any]
Answer = dict[str, Any]

_MAKE_UPDATING = frozenset({"StartStreamEncryption", "StopStreamEncryption", "UpdateStreamMode"})
"""moto's operations after which AWS shows a stream as UPDATING for a while."""


class KinesisApi:
    """Answers Kinesis requests."""

    def __init__(self, backend: FaithfulBackend, faults: Faults) -> None:
        self._backend = backend
        consumers = Consumers(backend)
        self._operations = {
            **ControlPlane(backend, faults).operations,
            **DataPlane(backend, faults).operations,
            **Resharding(backend, faults).operations,
            **consumers.operations,
            **Tagging(backend, consumers.find).operations,
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
        answer = ask_moto(MotoKinesis(self._backend), target, "127.0.0.1", parameters)
        if operation in _MAKE_UPDATING:
            self._backend.named_stream(parameters).enter("UPDATING")
        if operation == "DescribeLimits":
            streams = self._backend.present_streams()
            answer["ShardLimit"] = MAX_SHARDS
            answer["OpenShardCount"] = self._backend.count_open_shards()
            answer["OnDemandStreamCount"] = sum(stream.is_on_demand for stream in streams)
        return answer

    def shard_of(self, parameters: Parameters) -> tuple[str, str]:
        """Name the stream and shard that the iterator of an answered GetRecords belongs to."""
        position = ShardIterator.parse(parameters["ShardIterator"])
        return (position.stream, position.shard_id)

    def _fit_for_moto(self, operation: str, parameters: Parameters) -> Parameters:
        """Name a stream as moto knows it, if it is ready for the operation."""
        if not {"StreamName", "StreamARN"} & parameters.keys():
            return parameters
        stream = self._backend.active_stream(parameters)
        if operation in _MAKE_UPDATING:
            self._backend.expect_ready(stream, "ACTIVE")
        names = {"StreamName": stream.stream_name, "StreamARN": stream.arn}
        return parameters | {name: names[name] for name in names if name in parameters}
