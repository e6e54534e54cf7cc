"""The simulated AWS as a whole: streams, queues, clock, faults, log and gate."""

from types import TracebackType
from typing import Self

from autograder.aws import moto_adapter
from autograder.aws.calls import CallLog
from autograder.aws.clock import AwsClock
from autograder.aws.faults import Faults
from autograder.aws.gate import Gate
from autograder.aws.kinesis.api import KinesisApi
from autograder.aws.kinesis.backstage import KinesisBackstage
from autograder.aws.kinesis.streams import FaithfulBackend, StreamSettings
from autograder.aws.sqs.api import SqsApi
from autograder.aws.sqs.backstage import SqsBackstage
from autograder.aws.sqs.queues import FaithfulQueues


class Cloud:
    """A simulated AWS: Kinesis and SQS in one account and one region.

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
        self.clock = AwsClock()
        self.calls = CallLog()
        self._settings = StreamSettings(creating_seconds, creating_describes, throughput_limits)
        moto_adapter.keep_names()
        moto_adapter.forget_models()
        self._renew()
        self.gate = Gate(self._kinesis_api, self._sqs_api, self.calls, self.clock)

    def _renew(self) -> None:
        moto_adapter.follow_clock(self.clock)  # another `Cloud` may have set its own since
        moto_adapter.start_over()
        kinesis = FaithfulBackend(self.clock, self._settings)
        sqs = FaithfulQueues(moto_adapter.REGION, moto_adapter.ACCOUNT, self.clock)
        moto_adapter.let_queues_find_each_other(sqs)
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
        self.gate.start_over(self._kinesis_api, self._sqs_api)

    def close(self) -> None:
        """Give moto's queues back to moto."""
        moto_adapter.release_queues()

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
