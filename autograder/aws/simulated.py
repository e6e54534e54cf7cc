"""The cloud as the grader holds it: state, clock, faults, log and gate in one hand."""

import socket
from types import TracebackType
from typing import Self

import moto.core.responses
import moto.sqs.models
from moto.core.model_instances import reset_model_data
from moto.moto_api._internal import mock_random

from autograder.aws.calls import CallLog
from autograder.aws.clock import Clock, let_follow, let_go
from autograder.aws.faults import Faults
from autograder.aws.gate import Gate
from autograder.aws.kinesis.api import KinesisApi
from autograder.aws.kinesis.backstage import KinesisBackstage
from autograder.aws.kinesis.state import FaithfulBackend, Settings
from autograder.aws.moto_call import keep_names
from autograder.aws.server import Server
from autograder.aws.sqs import SqsApi, SqsBackstage, new_backend


class Cloud:
    """An AWS of one's own: Kinesis and SQS in one account and one region.

    Args:
        creating_seconds: How long a stream stays CREATING or DELETING, in virtual seconds.
        creating_describes: After how many looks at it that ends in any case, so that a loop
            without a pause ends too.
        throughput_limits: Whether shards refuse more than 1,000 records or 1 MiB a second.
    """

    def __init__(
        self,
        *,
        creating_seconds: float = 20.0,
        creating_describes: int = 3,
        throughput_limits: bool = False,
    ) -> None:
        self.clock = Clock()
        self.calls = CallLog()
        self._settings = Settings(
            creating_seconds, creating_describes, throughput_limits=throughput_limits
        )
        keep_names(moto.core.responses, moto.sqs.models)
        self._renew()
        self.gate = Gate(self._kinesis_api, self._sqs_api, self.calls, self.clock)

    def _renew(self) -> None:
        let_follow(self.clock, moto.sqs.models)  # another cloud may have been told since
        mock_random.seed(0)  # message ids and receipt handles, which feedback may show
        reset_model_data()  # moto keeps all models that were ever made
        kinesis = FaithfulBackend(self.clock, self._settings)
        sqs = new_backend()
        self.kinesis = KinesisBackstage(kinesis)
        self.sqs = SqsBackstage(sqs)
        self.faults = Faults(self.kinesis.arranged, self.sqs.arranged)
        self._kinesis_api = KinesisApi(kinesis, self.faults)
        self._sqs_api = SqsApi(sqs, self.clock, self.faults)

    def reset(self) -> None:
        """Put everything back to the start: streams, queues, numbers, faults, log and clock."""
        self.clock.reset()
        self.calls.clear()
        self._renew()
        self.gate.kinesis = self._kinesis_api
        self.gate.sqs = self._sqs_api

    def serve(self, listener: socket.socket) -> Server:
        """Answer on a listening socket until the server is closed."""
        return Server(self.gate, listener)

    def close(self) -> None:
        """Give moto its own clock back."""
        let_go(moto.sqs.models)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def warm_up() -> None:
    """Have moto import what it imports when it is first asked, so that forks inherit it."""
    with Cloud() as cloud:
        cloud.gate.sqs.answer("CreateQueue", {"QueueName": "any"}, "127.0.0.1")
        cloud.gate.kinesis.answer("CreateStream", {"StreamName": "any", "ShardCount": 1})
