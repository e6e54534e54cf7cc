"""The queues of the simulated AWS: moto's, patched where AWS behaves differently."""

import itertools
import re
import threading
from collections import Counter

from moto.core.responses import ActionResult
from moto.sqs.exceptions import (
    BatchEntryIdsNotDistinct,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    InvalidParameterValue,
    MissingParameter,
    SQSException,
)
from moto.sqs.models import SQSBackend
from moto.sqs.responses import SQSResponse

from checks.faults import faults

QUIET_SECONDS = 0.3
"""A long poll ends when no message was sent for so long. In real time: sleeps are cut short."""
_NOT_IN_A_BODY = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OUR_THREADS = ("(process_request_thread)", "(_server_entry)", "(watch)")
"""How the names of the threads end that are not yours: the server's, and the time limit's."""

handed_out: Counter[str] = Counter()
"""How many messages were handed out, by the name of their queue."""
purged: set[str] = set()
"""The queues that were purged."""

_plain_create_queue = SQSBackend.create_queue
_plain_purge_queue = SQSBackend.purge_queue
_plain_receive_message = SQSBackend.receive_message
_plain_send_message = SQSBackend.send_message
_numbers = itertools.count(10**19)
_sending = threading.Condition()


def _create_queue(self, name, tags=None, **attributes):
    """Only a FIFO queue has a name that ends in .fifo. Times are whole seconds."""
    if name.endswith(".fifo") and str(attributes.get("FifoQueue")).lower() != "true":
        raise InvalidParameterValue("The name of a queue can end in .fifo if it is a FIFO queue.")
    queue = _plain_create_queue(self, name, tags, **attributes)
    queue.created_timestamp = int(queue.created_timestamp)
    queue.last_modified_timestamp = int(queue.last_modified_timestamp)
    return queue


def _send_message(self, queue_name, message_body, *details, **more):
    """A message has at least one character, and no control characters.

    The messages of a FIFO queue have numbers that grow.
    """
    if not message_body:
        raise MissingParameter("MessageBody")
    if found := _NOT_IN_A_BODY.search(message_body):
        raise SQSException("InvalidMessageContents", f"Invalid character: {found[0]!r}.")
    message = _plain_send_message(self, queue_name, message_body, *details, **more)
    if self.get_queue(queue_name).fifo_queue:
        message.sequence_number = str(next(_numbers))
    with _sending:
        _sending.notify_all()
    return message


def _receive_message(self, queue_name, count, wait_seconds, *details, **more):
    """A response may hold fewer messages than the request asks for.

    A long poll of an empty queue ends immediately, unless another thread may send a message.
    """
    size = faults.receive_size(queue_name, count)
    is_quiet = not wait_seconds
    while True:
        messages = _plain_receive_message(self, queue_name, size, 0, *details, **more)
        if messages or is_quiet or not _has_other_threads():
            break
        with _sending:
            is_quiet = not _sending.wait(QUIET_SECONDS)
    handed_out[queue_name] += len(messages)
    return messages


def _has_other_threads():
    """Tell whether your code runs in threads."""
    return any(
        thread is not threading.main_thread() and not thread.name.endswith(_OUR_THREADS)
        for thread in threading.enumerate()
    )


def _purge_queue(self, queue_name):
    """Record that the queue was purged."""
    _plain_purge_queue(self, queue_name)
    purged.add(queue_name)


def _answer_delete_message_batch(self):
    """The entries of a batch have distinct ids."""
    entries = self._get_param("Entries", [])
    if not entries:
        raise EmptyBatchRequest("Delete")
    ids = [entry["Id"] for entry in entries]
    for entry_id in ids:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", entry_id):
            raise InvalidBatchEntryId
        if ids.count(entry_id) > 1:
            raise BatchEntryIdsNotDistinct(entry_id)
    done, failed = self.sqs_backend.delete_message_batch(self._get_queue_name(), entries)
    return ActionResult({"Successful": [{"Id": entry_id} for entry_id in done], "Failed": failed})


PATCHES = (
    (SQSBackend, "create_queue", _create_queue),
    (SQSBackend, "purge_queue", _purge_queue),
    (SQSBackend, "receive_message", _receive_message),
    (SQSBackend, "send_message", _send_message),
    (SQSResponse, "delete_message_batch", _answer_delete_message_batch),
)
"""What is replaced by what."""
