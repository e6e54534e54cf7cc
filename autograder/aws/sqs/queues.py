"""Queues, corrected where moto's depart from SQS: most of it concerns FIFO queues."""

import copy
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
from autograder.aws.sqs.parameters import LONGEST_VISIBILITY

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


class HandleExpired(ReceiptHandleIsInvalid):
    """A receipt handle of a FIFO queue whose message is not hidden any more.

    Source: ReceiveMessage, ReceiveRequestAttemptId; the text is one that AWS's users report.
    """

    def __init__(self, handle: str) -> None:
        SQSException.__init__(
            self,
            "InvalidParameterValue",
            f"Value {handle[:SHOWN]} for parameter ReceiptHandle is invalid. Reason: The receipt "
            "handle has expired.",
        )


class FaithfulQueue(Queue):
    """A queue that takes every message, and has a RedriveAllowPolicy."""

    BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]  # noqa: RUF012 - moto's
    redrive_allow_policy: str | None = None

    @classmethod
    def adopt(cls, queue: Queue) -> "FaithfulQueue":
        """Turn a queue that moto made into a `FaithfulQueue`."""
        queue.__class__ = cls
        assert isinstance(queue, FaithfulQueue)
        return queue

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes that the queue has; one that was set to an empty text is none."""
        known: dict[str, Any] = super().attributes
        return {name: value for name, value in known.items() if value not in (None, "")}

    def add_message(self, message: Message) -> None:
        """Add a message; moto would look for duplicates again, of all groups."""
        with self._messages_lock:
            self._messages.append(message)
            self._messages_lock.notify_all()


class FaithfulQueues(SQSBackend):
    """moto's SQS, whose FIFO queues number their messages, keep their order and know duplicates."""

    def __init__(self, region_name: str, account_id: str, clock: AwsClock) -> None:
        super().__init__(region_name, account_id)
        self._clock = clock
        self._numbers = itertools.count(FIRST_SEQUENCE_NUMBER, SEQUENCE_STEP)
        self._sent: WeakKeyDictionary[Queue, dict[tuple[str, str], tuple[float, Message]]] = (
            WeakKeyDictionary()
        )
        """By queue, group and deduplication id: when a message was sent, and the message. The group
        is empty if duplicates are dropped across the whole queue."""
        self.dead_letter_sources: dict[str, str] = {}
        """By message id: the ARN of the queue that a dead letter comes from."""

    def create_queue(
        self, name: str, tags: dict[str, str] | None = None, **attributes: Any
    ) -> Queue:
        """Create a queue; if it exists with another attribute, the error names the attribute."""
        known = self.queues.get(name)
        if known is None:
            return FaithfulQueue.adopt(super().create_queue(name, tags, **attributes))
        elsewhere = SQSBackend(self.region_name, self.account_id)
        asked = FaithfulQueue.adopt(elsewhere.create_queue(name, **attributes)).attributes
        for attribute in attributes:
            if known.attributes.get(attribute) != asked.get(attribute):
                raise QueueAlreadyExists(
                    "A queue already exists with the same name and a different value for "
                    f"attribute {attribute}"
                )
        known.tags = tags or known.tags
        return known

    def send_message(
        self,
        queue_name: str,
        message_body: str,
        message_attributes: dict[str, Any] | None = None,
        delay_seconds: int | None = None,
        deduplication_id: str | None = None,
        group_id: str | None = None,
        *details: Any,
        **options: Any,
    ) -> Message:
        """Send a message; in a FIFO queue it has a larger number than all before.

        A duplicate is answered with the number and the id of the message before, and not sent. moto
        looks for duplicates among the messages that are still there, and in the whole queue.
        """
        if delay_seconds is not None and delay_seconds < 0:
            reason = "DelaySeconds must be >= 0 and <= 900"
            raise InvalidParameterValue(
                f"Value {delay_seconds} for parameter DelaySeconds is invalid. Reason: {reason}."
            )
        queue = self.get_queue(queue_name)
        if queue.fifo_queue:
            sent, now = self._sent.setdefault(queue, {}), self._clock.now()
            attributes = queue.attributes
            group = group_id or "" if attributes["DeduplicationScope"] == "messageGroup" else ""
            known_id = deduplication_id
            if known_id is None and attributes["ContentBasedDeduplication"] == "true":
                known_id = hashlib.sha256(message_body.encode()).hexdigest()
            before = sent.get((group, known_id or ""))
            if before is not None and now - before[0] < DEDUPLICATION_SECONDS:
                return _like(before[1], message_body, message_attributes)
        message = super().send_message(
            queue_name,
            message_body,
            message_attributes,
            delay_seconds,
            deduplication_id,
            group_id,
            *details,
            **options,
        )
        if queue.fifo_queue:
            message.sequence_number = str(next(self._numbers))
            sent[group, str(message.deduplication_id)] = (now, message)
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
        """Delete a message; in a FIFO queue only while it is hidden by the receive of this handle.

        The error for an unknown handle names it.
        """
        if self.get_queue(queue_name).fifo_queue:
            message = self._message_with(queue_name, receipt_handle)
            if message and (message.visible or message.receipt_handle != receipt_handle):
                raise HandleExpired(receipt_handle)
        try:
            super().delete_message(queue_name, receipt_handle)
        except ReceiptHandleIsInvalid:
            raise UnknownReceiptHandle(receipt_handle) from None

    def delete_message_batch(
        self, queue_name: str, receipts: list[dict[str, Any]]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        """Delete messages; each that fails has the error that it would have alone."""
        done: list[str] = []
        failed: list[dict[str, Any]] = []
        for entry in receipts:
            try:
                self.delete_message(queue_name, entry["ReceiptHandle"])
            except ReceiptHandleIsInvalid as error:
                failed.append(failed_entry(entry["Id"], error.code, error.message))
            else:
                done.append(entry["Id"])
        return done, failed

    def _message_with(self, queue_name: str, receipt_handle: str) -> Message | None:
        """Return the message that was once received with this handle, if it is still there."""
        for message in messages_of(self, queue_name):
            if message.had_receipt_handle(receipt_handle):
                return message
        return None

    def change_message_visibility(
        self, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        """Change how long a message stays hidden.

        moto would also hide a message again that was given back. One whose timeout has ended may
        be hidden again: LocalStack recorded on AWS that this succeeds.
        """
        queue = self.get_queue(queue_name)
        message = self._message_with(queue_name, receipt_handle)
        if message is None and receipt_handle in queue.deleted_messages:
            raise MessageDeleted(receipt_handle)
        if message is None:
            raise UnknownReceiptHandle(receipt_handle)
        if message.visible_at == GIVEN_BACK:
            raise MessageNotInFlight
        super().change_message_visibility(queue_name, receipt_handle, visibility_timeout)
        if int(visibility_timeout) == 0:
            message.visible_at = GIVEN_BACK

    def change_message_visibility_batch(
        self, queue_name: str, entries: list[dict[str, Any]]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        """Change how long messages stay hidden; each that fails gets its own error."""
        done: list[str] = []
        failed: list[dict[str, Any]] = []
        for entry in entries:
            seconds = entry["VisibilityTimeout"]
            try:
                if not 0 <= seconds <= LONGEST_VISIBILITY:
                    raise InvalidParameterValue(
                        f"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Must "
                        f"be >= 0 and <= {LONGEST_VISIBILITY}, if provided."
                    )
                self.change_message_visibility(queue_name, entry["ReceiptHandle"], seconds)
            except SQSException as error:
                failed.append(failed_entry(entry["Id"], error.code, error.message))
            else:
                done.append(entry["Id"])
        return done, failed


def _like(sent: Message, body: str, attributes: dict[str, Any] | None) -> Message:
    """Return what answers a duplicate of a message: the MD5 sums are those of the duplicate."""
    duplicate = copy.copy(sent)
    duplicate.body, duplicate.message_attributes = body, attributes or {}
    return duplicate


def failed_entry(id_: str, code: str, message: str) -> dict[str, Any]:
    """Make a BatchResultErrorEntry: what is wrong with one entry of a batch."""
    return {"Id": id_, "SenderFault": True, "Code": code, "Message": message}
