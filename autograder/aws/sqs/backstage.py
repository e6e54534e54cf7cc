"""Arrange and inspect SQS without HTTP: no fault strikes, nothing is logged."""

from dataclasses import dataclass

from moto.sqs.models import SQSBackend

from autograder.aws.moto_adapter import messages_of


@dataclass(frozen=True)
class Depth:
    """How many messages a queue holds."""

    visible: int
    in_flight: int
    delayed: int


class SqsBackstage:
    """The queues, without HTTP."""

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

    def names(self) -> tuple[str, ...]:
        """List all queues."""
        return tuple(self._backend.queues)

    def exists(self, name: str) -> bool:
        """Tell whether there is a queue of that name."""
        return name in self._backend.queues

    def depth(self, name: str) -> Depth:
        """Count a queue's messages."""
        messages = messages_of(self._backend, name)
        delayed = sum(message.delayed for message in messages)
        visible = sum(message.visible and not message.delayed for message in messages)
        return Depth(visible, len(messages) - delayed - visible, delayed)
