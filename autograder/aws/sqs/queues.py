"""Queues, corrected where moto's depart from SQS: most of it concerns FIFO queues."""

import hashlib
import itertools
from typing import Any
from weakref import WeakKeyDictionary

from moto.sqs.exceptions import (
    InvalidParameterValue,
    QueueAlreadyExists,
    ReceiptHandleIsInvalid,
    SQSException,
)
from moto.sqs.models import Message, Queue, SQSBackend

from autograder.aws.clock import AwsClock
from autograder.aws.moto_adapter import messages_of

FIRST_SEQUENCE_NUMBER = 18849496460467696128
"""Of 20 digits, as AWS's have. What matters is that numbers increase."""
SEQUENCE_STEP = 256
GIVEN_BACK = -1.0
"""Instead of a moment: a message is visible because its timeout was set to 0."""
SHOWN = 500
"""Characters of a receipt handle in an error: more than any that was given out has."""
DEDUPLICATION_SECONDS = 300
"""How long a FIFO queue knows the messages that it was sent."""


class MessageNotInFlight(ReceiptHandleIsInvalid):
    """A message whose timeout cannot change, because anybody may receive it.

    Batches catch moto's own error and report it for the entry.
    """

    def __init__(self) -> None:
        SQSException.__init__(
            self, "AWS.SimpleQueueService.MessageNotInflight", "The message is not in flight."
        )


class UnknownReceiptHandle(ReceiptHandleIsInvalid):
    """A receipt handle that no message of the queue ever had."""

    def __init__(self, handle: str) -> None:
        SQSException.__init__(
            self,
            "ReceiptHandleIsInvalid",
            f'The input receipt handle "{handle[:SHOWN]}" is not a valid receipt handle.',
        )


class MessageDeleted(ReceiptHandleIsInvalid):
    """A message whose timeout cannot change, because it is gone."""

    def __init__(self, handle: str) -> None:
        SQSException.__init__(
            self,
            "InvalidParameterValue",
            f"Value {handle[:SHOWN]} for parameter ReceiptHandle is invalid. Reason: Message does "
            "not exist or is not available for visibility timeout change.",
        )


class FaithfulQueues(SQSBackend):
    """moto's SQS, whose FIFO queues number their messages, keep their order and know duplicates."""

    def __init__(self, region_name: str, account_id: str, clock: AwsClock) -> None:
        super().__init__(region_name, account_id)
        self._clock = clock
        self._numbers = itertools.count(FIRST_SEQUENCE_NUMBER, SEQUENCE_STEP)
        self._sent: WeakKeyDictionary[Queue, dict[str, tuple[float, Message]]] = WeakKeyDictionary()
        """By queue and deduplication id: when a message was sent, and the message."""
        self.dead_letter_sources: dict[str, str] = {}
        """By message id: the ARN of the queue that a dead letter comes from."""

    def create_queue(
        self, name: str, tags: dict[str, str] | None = None, **attributes: Any
    ) -> Queue:
        """Create a queue; if it exists with another attribute, the error names the attribute."""
        if name in self.queues:
            elsewhere = SQSBackend(self.region_name, self.account_id)
            asked = elsewhere.create_queue(name, **attributes).attributes
            known = self.queues[name].attributes
            for attribute in attributes:
                if known.get(attribute) != asked.get(attribute):
                    raise QueueAlreadyExists(
                        "A queue already exists with the same name and a different value for "
                        f"attribute {attribute}"
                    )
        return super().create_queue(name, tags, **attributes)

    def send_message(
        self,
        queue_name: str,
        message_body: str,
        message_attributes: dict[str, Any] | None = None,
        delay_seconds: int | None = None,
        deduplication_id: str | None = None,
        *details: Any,
        **options: Any,
    ) -> Message:
        """Send a message; in a FIFO queue it has a larger number than all before.

        A duplicate is answered like the message before, and not sent. moto looks for duplicates
        among the messages that are still there.
        """
        if delay_seconds is not None and delay_seconds < 0:
            reason = "DelaySeconds must be >= 0 and <= 900"
            raise InvalidParameterValue(
                f"Value {delay_seconds} for parameter DelaySeconds is invalid. Reason: {reason}."
            )
        queue = self.get_queue(queue_name)
        if queue.fifo_queue:
            sent, now = self._sent.setdefault(queue, {}), self._clock.now()
            known_id = deduplication_id
            if known_id is None and queue.attributes.get("ContentBasedDeduplication") == "true":
                known_id = hashlib.sha256(message_body.encode()).hexdigest()
            if known_id in sent and now - sent[known_id][0] < DEDUPLICATION_SECONDS:
                return sent[known_id][1]
        message = super().send_message(
            queue_name,
            message_body,
            message_attributes,
            delay_seconds,
            deduplication_id,
            *details,
            **options,
        )
        if queue.fifo_queue:
            message.sequence_number = str(next(self._numbers))
            sent[str(message.deduplication_id)] = (now, message)
        return message

    def receive_message(self, queue_name: str, *details: Any, **named: Any) -> list[Message]:
        """Receive messages; a group whose messages have reappeared begins with its first again.

        moto takes messages for in flight until its search comes past them, and so would skip the
        first of a group because of the second.
        """
        queue = self.get_queue(queue_name)
        for message in [message for message in queue.pending_messages if message.visible]:
            queue.pending_messages.discard(message)
        if queue.dead_letter_queue is None:
            return super().receive_message(queue_name, *details, **named)
        before = messages_of(self, queue_name)
        received = super().receive_message(queue_name, *details, **named)
        for message in set(before).difference(messages_of(self, queue_name)):
            self.dead_letter_sources[message.id] = queue.queue_arn
        return received

    def delete_message(self, queue_name: str, receipt_handle: str) -> None:
        """Delete a message; the error for an unknown handle names it."""
        try:
            super().delete_message(queue_name, receipt_handle)
        except ReceiptHandleIsInvalid:
            raise UnknownReceiptHandle(receipt_handle) from None

    def change_message_visibility(
        self, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        """Change how long a message stays hidden.

        moto would also hide a message again that was given back. One whose timeout has ended may
        be hidden again: LocalStack recorded on AWS that this succeeds.
        """
        queue = self.get_queue(queue_name)
        message = next(
            (
                message
                for message in messages_of(self, queue_name)
                if message.had_receipt_handle(receipt_handle)
            ),
            None,
        )
        if message is None and receipt_handle in queue.deleted_messages:
            raise MessageDeleted(receipt_handle)
        if message is None:
            raise UnknownReceiptHandle(receipt_handle)
        if message.visible_at == GIVEN_BACK:
            raise MessageNotInFlight
        super().change_message_visibility(queue_name, receipt_handle, visibility_timeout)
        if int(visibility_timeout) == 0:
            message.visible_at = GIVEN_BACK
