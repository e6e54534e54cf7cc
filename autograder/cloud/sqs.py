"""SQS: moto's own, in virtual time; and its queues from behind."""

import contextlib
import json
from dataclasses import dataclass
from typing import Any

from moto.core.request import Request
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import SQSBackend
from moto.sqs.responses import SQSResponse

from autograder.cloud.clock import Clock
from autograder.cloud.errors import AwsError
from autograder.cloud.faults import Faults
from autograder.cloud.kinesis_state import ACCOUNT, REGION


class MotoSqs(SQSResponse):
    """moto's operations, on our backend and in the one region there is."""

    def __init__(self, backend: SQSBackend) -> None:
        super().__init__()
        self._backend = backend

    @property
    def sqs_backend(self) -> SQSBackend:
        """Give the backend that the cloud owns."""
        return self._backend

    def get_region_from_url(self, request: Any, full_url: str) -> str:  # noqa: ARG002 - moto's
        """Have one region, whatever the client says."""
        return REGION


class SqsApi:
    """Answers SQS requests; a long poll moves the clock instead of waiting."""

    def __init__(self, backend: SQSBackend, clock: Clock, faults: Faults) -> None:
        self._backend = backend
        self._clock = clock
        self._faults = faults

    def answer(self, operation: str, parameters: dict[str, Any], request: Request) -> Any:
        """Do an operation.

        Raises:
            AwsError: It is refused.
        """
        if operation != "ReceiveMessage":
            return self._moto(request)
        wait = self._long_poll_seconds(parameters)
        parameters = {**parameters, "WaitTimeSeconds": 0}
        asked = parameters.get("MaxNumberOfMessages", 1)
        if type(asked) is int and asked > 0:
            parameters["MaxNumberOfMessages"] = self._faults.receive_size(asked)
        answer = self._moto(_with_body(request, parameters))
        if wait and not answer.get("Messages"):
            self._clock.advance(wait)
            answer = self._moto(_with_body(request, parameters))
        return answer

    def _long_poll_seconds(self, parameters: dict[str, Any]) -> int:
        wait = parameters.get("WaitTimeSeconds")
        if wait is None:
            name = str(parameters.get("QueueUrl", "")).rsplit("/", 1)[-1]
            with contextlib.suppress(QueueDoesNotExist):
                queue = self._backend.get_queue(name)
                wait = getattr(queue, "receive_message_wait_time_seconds", 0)
        if type(wait) is int and not 0 <= wait <= 20:
            raise AwsError(
                "InvalidParameterValue", "WaitTimeSeconds must be between 0 and 20, if provided."
            )
        try:
            return int(wait or 0)
        except (TypeError, ValueError):
            return 0

    def _moto(self, request: Request) -> dict[str, Any]:
        status, headers, body = MotoSqs(self._backend)._dispatch(request)
        answer = json.loads(body) if body else {}
        if int(status) >= 400:
            code = str(answer.get("__type", "InternalFailure")).rsplit("#", 1)[-1]
            message = str(answer.get("message") or answer.get("Message") or "")
            query_error = headers.get("x-amzn-query-error")
            raise SqsError(code, message, int(status), query_error)
        return dict(answer)


class SqsError(AwsError):
    """An SQS error, with the header by which boto3 maps it to its old code."""

    def __init__(self, code: str, message: str, status: int, query_error: str | None) -> None:
        super().__init__(code, message, status)
        self.query_error = query_error


def _with_body(request: Request, parameters: dict[str, Any]) -> Request:
    return Request.from_primitives(
        "POST", request.url, dict(request.headers), json.dumps(parameters).encode()
    )


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

    def create_queue(self, name: str, **attributes: str) -> None:
        """Make a queue."""
        self._backend.create_queue(name, {}, **attributes)

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
