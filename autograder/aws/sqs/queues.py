"""Queues, corrected where moto's FIFO queues depart from SQS."""

import itertools
from typing import Any

from moto.sqs.models import Message, SQSBackend

FIRST_SEQUENCE_NUMBER = 18849496460467696128
"""Of 20 digits, as AWS's have. What matters is that numbers increase."""
SEQUENCE_STEP = 256


class FaithfulQueues(SQSBackend):
    """moto's SQS, whose FIFO queues number their messages and keep their order."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._numbers = itertools.count(FIRST_SEQUENCE_NUMBER, SEQUENCE_STEP)

    def send_message(self, queue_name: str, *details: Any, **named: Any) -> Message:
        """Send a message; in a FIFO queue it has a larger number than all before."""
        message = super().send_message(queue_name, *details, **named)
        if self.get_queue(queue_name).fifo_queue:
            message.sequence_number = str(next(self._numbers))
        return message

    def receive_message(self, queue_name: str, *details: Any, **named: Any) -> list[Message]:
        """Receive messages; a group whose messages have reappeared begins with its first again.

        moto takes messages for in flight until its search comes past them, and so would skip the
        first of a group because of the second.
        """
        queue = self.get_queue(queue_name)
        for message in [message for message in queue.pending_messages if message.visible]:
            queue.pending_messages.discard(message)
        return super().receive_message(queue_name, *details, **named)
