"""SQS: moto's own, in virtual time; and its queues from behind."""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import SQSBackend
from moto.sqs.responses import SQSResponse

from autograder.aws.clock import Clock
from autograder.aws.errors import AwsError
from autograder.aws.faults import Faults
from autograder.aws.kinesis.state import ACCOUNT, REGION
from autograder.aws.moto_call import InOneRegion, ask_moto

Ask = Callable[[dict[str, Any]], dict[str, Any]]
"""Has moto do the operation under way."""


_WHOLE_NUMBERS = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, 1 << 20),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_WORDS = {
    "ContentBasedDeduplication": r"true|false",
    "DeduplicationScope": r"queue|messageGroup",
    "FifoQueue": r"true|false",
    "FifoThroughputLimit": r"perQueue|perMessageGroupId",
    "KmsMasterKeyId": r"[A-Za-z0-9:/_-]{0,256}",
    "SqsManagedSseEnabled": r"true|false",
}
_WITHOUT_EFFECT = frozenset({"Policy", "RedriveAllowPolicy", "RedrivePolicy"})
_MAX_LISTED = 1000
_MAX_ENTRIES = 10
_MAX_RECEIVED = 10
_MAX_MESSAGE_ATTRIBUTES = 10
_MAX_NAMES = 50
"""In any other list or table; moto goes through all messages for each of some names."""


class MotoSqs(InOneRegion, SQSResponse):
    """moto's operations, on our backend and in the one region there is."""

    def __init__(self, backend: SQSBackend) -> None:
        super().__init__()
        self._backend = backend

    @property
    def sqs_backend(self) -> SQSBackend:
        """Give the backend that the cloud owns."""
        return self._backend


class SqsApi:
    """Answers SQS requests; a long poll moves the clock instead of waiting."""

    def __init__(self, backend: SQSBackend, clock: Clock, faults: Faults) -> None:
        self._backend = backend
        self._clock = clock
        self._faults = faults

    def answer(self, operation: str, parameters: dict[str, Any], host: str) -> dict[str, Any]:
        """Do an operation.

        Args:
            operation: Its name.
            parameters: Of the operation's shape.
            host: What the client calls the cloud.

        Raises:
            AwsError: It is refused.
        """

        def ask(parameters: dict[str, Any]) -> dict[str, Any]:
            return ask_moto(MotoSqs(self._backend), f"AmazonSQS.{operation}", host, parameters)

        _check_sizes(parameters)
        _check_attributes(parameters.get("Attributes", {}))
        if operation == "ListQueues":
            return self._listed(parameters, ask)
        if operation == "ReceiveMessage":
            return self._received(parameters, ask)
        return ask(parameters)

    def _listed(self, parameters: dict[str, Any], ask: Ask) -> dict[str, Any]:
        """List queues; moto would take the prefix for a pattern, and has pages of its own."""
        urls = ask({}).get("QueueUrls", [])
        prefix, after = parameters.get("QueueNamePrefix", ""), parameters.get("NextToken", "")
        found = sorted(
            url
            for url in urls
            if _name_in(url).startswith(prefix) and (not after or _name_in(url) > after)
        )
        size = parameters.get("MaxResults", _MAX_LISTED)
        if not 1 <= size <= _MAX_LISTED:
            raise AwsError(
                "InvalidParameterValue", f"MaxResults must be between 1 and {_MAX_LISTED}."
            )
        answer: dict[str, Any] = {"QueueUrls": found[:size]} if found else {}
        if len(found) > size and "MaxResults" in parameters:
            answer["NextToken"] = _name_in(found[size - 1])
        return answer

    def _received(self, parameters: dict[str, Any], ask: Ask) -> dict[str, Any]:
        wait = self._long_poll_seconds(parameters)
        asked = parameters.get("MaxNumberOfMessages", 1)
        queue = _name_in(parameters["QueueUrl"])
        if (
            queue in self._backend.queues
            and 1 <= asked <= _MAX_RECEIVED
            and parameters.get("VisibilityTimeout", 0) <= _WHOLE_NUMBERS["VisibilityTimeout"][1]
        ):  # else moto refuses it
            self._faults.strike("ReceiveMessage", queue)
            asked = self._faults.receive_size(queue, asked)
        parameters = {**parameters, "WaitTimeSeconds": 0, "MaxNumberOfMessages": asked}
        answer = ask(parameters)
        if wait and not answer.get("Messages"):
            self._clock.advance(wait)
            answer = ask(parameters)
        return answer

    def _long_poll_seconds(self, parameters: dict[str, Any]) -> int:
        wait = parameters.get("WaitTimeSeconds")
        if wait is None:
            with contextlib.suppress(QueueDoesNotExist):
                queue = self._backend.get_queue(_name_in(parameters["QueueUrl"]))
                wait = getattr(queue, "receive_message_wait_time_seconds", 0)
        if wait is not None and not 0 <= wait <= 20:
            raise AwsError(
                "InvalidParameterValue", "WaitTimeSeconds must be between 0 and 20, if provided."
            )
        return int(wait or 0)


def sqs_misfit(value: object, member: str, constraint: str) -> AwsError:
    """Make the error for a parameter that is missing (None) or out of bounds."""
    if value is None:
        return AwsError("MissingParameter", f"The request must contain the parameter {member}.")
    return AwsError("InvalidParameterValue", f"{member}: {constraint}.")


def _check_sizes(parameters: dict[str, Any]) -> None:
    """Bound the lists and tables, which the service's model does not.

    Source: SQS API Reference, SendMessageBatch and MessageAttributeValue; what has no bound there
    gets one that leaves room for all the names there are.

    Raises:
        AwsError: One is too long.
    """
    for name, value in parameters.items():
        size = len(value) if isinstance(value, list | dict) else 0
        if name == "Entries":
            if size > _MAX_ENTRIES:
                raise AwsError(
                    "TooManyEntriesInBatchRequest",
                    f"Maximum number of entries per request are {_MAX_ENTRIES}. You have sent "
                    f"{size}.",
                    query_error="AWS.SimpleQueueService.TooManyEntriesInBatchRequest;Sender",
                )
            for entry in value:
                _check_sizes(entry)
        elif name == "MessageAttributes" and size > _MAX_MESSAGE_ATTRIBUTES:
            raise AwsError(
                "InvalidParameterValue",
                f"Number of message attributes [{size}] exceeds the allowed maximum "
                f"[{_MAX_MESSAGE_ATTRIBUTES}].",
            )
        elif size > _MAX_NAMES:
            raise AwsError("InvalidParameterValue", f"{name} has {_MAX_NAMES} items at most.")


def _check_attributes(attributes: dict[str, str]) -> None:
    """Check a queue's attributes, which the service's model takes for any text.

    Source: SQS API Reference, SetQueueAttributes.

    Raises:
        AwsError: There is no such attribute, or it cannot have that value.
    """
    for name, value in attributes.items():
        if name in _WHOLE_NUMBERS:
            least, most = _WHOLE_NUMBERS[name]
            fits = bool(re.fullmatch(r"[0-9]{1,9}", value)) and least <= int(value) <= most
        elif name in _WORDS:
            fits = bool(re.fullmatch(_WORDS[name], value))
        elif name in _WITHOUT_EFFECT:
            fits = value == ""
        else:
            raise AwsError("InvalidAttributeName", f"Unknown Attribute {name[:100]}.")
        if not fits:
            raise AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")


def _name_in(url: str) -> str:
    return url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Depth:
    """How many messages a queue holds."""

    visible: int
    in_flight: int
    delayed: int


class SqsBackstage:
    """The queues, from behind: no fault strikes, nothing is logged."""

    def __init__(self, backend: SQSBackend) -> None:
        self._backend = backend
        self._arranged: list[str] = []

    def create_queue(self, name: str, **attributes: str) -> None:
        """Make a queue."""
        self._backend.create_queue(name, {}, **attributes)
        self._arranged.append(name)

    def arranged(self) -> tuple[str, ...]:
        """List the queues that were made here, whatever has become of them."""
        return tuple(self._arranged)

    def send(self, name: str, body: str) -> None:
        """Send a message."""
        self._backend.send_message(name, body)

    def queue_names(self) -> tuple[str, ...]:
        """List all queues."""
        return tuple(self._backend.queues)

    def exists(self, name: str) -> bool:
        """Tell whether there is a queue of that name."""
        return name in self._backend.queues

    def depth(self, name: str) -> Depth:
        """Count a queue's messages."""
        messages = self._backend.queues[name]._messages
        delayed = sum(message.delayed for message in messages)
        visible = sum(message.visible and not message.delayed for message in messages)
        return Depth(visible, len(messages) - delayed - visible, delayed)


def new_backend() -> SQSBackend:
    """Make an empty SQS."""
    return SQSBackend(REGION, ACCOUNT)
