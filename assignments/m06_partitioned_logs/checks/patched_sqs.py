"""The queues of the simulated AWS: moto's, patched where AWS behaves differently."""

import itertools
import math
import re
import threading
from collections import Counter
from copy import copy
from hashlib import sha256

from moto.core.responses import ActionResult
from moto.sqs.exceptions import (
    BatchEntryIdsNotDistinct,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    InvalidParameterValue,
    MissingParameter,
    SQSException,
    TooManyEntriesInBatchRequest,
)
from moto.sqs.models import Queue, SQSBackend
from moto.sqs.responses import SQSResponse

from checks.faults import faults
from checks.virtual_time import go_to, now

QUIET_SECONDS = 0.3
"""A long poll jumps ahead in time when no message was sent for so long, in real time."""
LONGEST_TIMEOUT = 43_200
"""Seconds that a message can be hidden."""
SOURCE = "DeadLetterQueueSourceArn"
DUPLICATE_SECONDS = 300
"""How long a FIFO queue knows the messages that it was sent."""
_ATTRIBUTE_NAME = re.compile(r"(?!(?i:aws|amazon)\.|\.)(?!.*\.(?:\.|$))[A-Za-z0-9_.-]{1,256}")
_NOT_IN_A_BODY = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OUR_THREADS = ("(process_request_thread)", "(_server_entry)", "(watch)")
"""How the names of the threads end that are not yours: the server's, and the time limit's."""

handed_out: Counter[str] = Counter()
"""How many messages were handed out, by the name of their queue."""
dead_letter_sources: dict[str, str] = {}
"""The ARN of the queue that a dead letter comes from, by the message's id."""
purged: set[str] = set()
"""The queues that were purged."""

_plain_create_queue = SQSBackend.create_queue
_plain_purge_queue = SQSBackend.purge_queue
_plain_receive_message = SQSBackend.receive_message
_plain_send_message = SQSBackend.send_message
_plain_send_message_batch = SQSBackend.send_message_batch
_plain_set_queue_attributes = SQSBackend.set_queue_attributes
_plain_change_message_visibility = SQSBackend.change_message_visibility
_plain_answer_receive_message = SQSResponse.receive_message
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


def _check_message(queue, body, attributes):
    """A message has at least one character, no control characters, and ten attributes at most."""
    if not body:
        raise MissingParameter("MessageBody")
    if found := _NOT_IN_A_BODY.search(body):
        raise SQSException("InvalidMessageContents", f"Invalid character: {found[0]!r}.")
    if len(body.encode()) > queue.maximum_message_size:
        raise InvalidParameterValue(
            f"Message must be shorter than {queue.maximum_message_size} bytes."
        )
    if len(attributes or {}) > 10:
        raise InvalidParameterValue("A message has at most 10 attributes.")
    for name, value in (attributes or {}).items():
        if not _ATTRIBUTE_NAME.fullmatch(name):
            raise InvalidParameterValue(f"The attribute name {name} is not allowed.")
        if not (value.get("StringValue") or value.get("BinaryValue")):
            raise InvalidParameterValue(f"The attribute {name} has no value.")


def _send_message(self, queue_name, message_body, message_attributes=None, *details, **more):
    """The messages of a FIFO queue have numbers that grow.

    A duplicate gets the answer of the message before, and is not sent.
    """
    queue = self.get_queue(queue_name)
    _check_message(queue, message_body, message_attributes)
    sent = vars(queue).setdefault("sent", {})
    known_id = more.get("deduplication_id") or sha256(message_body.encode()).hexdigest()
    if queue.deduplication_scope == "messageGroup":
        known_id = (known_id, more.get("group_id"))
    if known_id in sent and now() - sent[known_id].sent_timestamp / 1000 < DUPLICATE_SECONDS:
        answer = copy(sent[known_id])
        answer.body = message_body
        return answer
    message = _plain_send_message(
        self, queue_name, message_body, message_attributes, *details, **more
    )
    if queue.fifo_queue:
        message.sequence_number = str(next(_numbers))
        sent[known_id] = message
    with _sending:
        _sending.notify_all()
    return message


def _add_message(self, message):
    """moto would look for duplicates once more."""
    self._messages.append(message)


def _send_message_batch(self, queue_name, entries):
    """An entry that is refused does not keep the others from being sent."""
    queue, valid, failed = self.get_queue(queue_name), {}, []
    if not all(entry["MessageBody"] for entry in entries.values()):
        raise MissingParameter("MessageBody")
    for index, entry in entries.items():
        try:
            _check_message(queue, entry["MessageBody"], entry["MessageAttributes"])
            valid[index] = entry
        except SQSException as error:
            why = {"SenderFault": True, "Code": error.code, "Message": error.message}
            failed.append({"Id": entry["Id"], **why})
    sent, refused = _plain_send_message_batch(self, queue_name, valid)
    return sent, failed + refused


def _set_queue_attributes(self, queue_name, attributes):
    """A queue stays what it is."""
    is_fifo = str(self.get_queue(queue_name).fifo_queue)
    if attributes.get("FifoQueue", is_fifo).lower() != is_fifo.lower():
        raise SQSException("InvalidAttributeValue", "FifoQueue cannot be changed.")
    return _plain_set_queue_attributes(self, queue_name, attributes)


def _change_message_visibility(self, queue_name, receipt_handle, visibility_timeout):
    _check_timeout(int(visibility_timeout))
    _plain_change_message_visibility(self, queue_name, receipt_handle, visibility_timeout)


def _check_timeout(seconds):
    if not 0 <= seconds <= LONGEST_TIMEOUT:
        raise InvalidParameterValue(f"A VisibilityTimeout is 0 to {LONGEST_TIMEOUT} seconds.")


def _change_message_visibility_batch(self, queue_name, entries):
    """An entry that is refused does not keep the others from being changed."""
    done, failed = [], []
    for entry in entries:
        try:
            self.change_message_visibility(
                queue_name, entry["ReceiptHandle"], entry["VisibilityTimeout"]
            )
            done.append(entry["Id"])
        except SQSException as error:
            why = {"SenderFault": True, "Code": error.code, "Message": error.message}
            failed.append({"Id": entry["Id"], **why})
    return done, failed


def _receive_message(self, queue_name, count, wait_seconds, visibility_timeout, *details, **more):
    """A response may hold fewer messages than the request asks for.

    A long poll takes no time. It first waits for other threads, which may send a message; then it
    jumps to the time at which a delayed or hidden message appears, or to its end.
    """
    _check_timeout(visibility_timeout)
    size = faults.receive_size(queue_name, count)
    queue, end = self.get_queue(queue_name), now() + wait_seconds
    while True:
        for message in [message for message in queue.pending_messages if message.visible]:
            queue.pending_messages.discard(message)  # a FIFO group begins with its first again
        messages = _plain_receive_message(
            self, queue_name, size, 0, visibility_timeout, *details, **more
        )
        _note_source(queue)
        if messages or now() >= end:
            break
        with _sending:
            is_quiet = not (_has_other_threads() and _sending.wait(QUIET_SECONDS))
        if is_quiet:
            go_to(min(end, _next_appearance(queue)))
    handed_out[queue_name] += len(messages)
    return messages


def _note_source(queue):
    """Note of each dead letter which queue it comes from."""
    if queue.dead_letter_queue is not None:
        for message in queue.dead_letter_queue._messages:
            if message.approximate_receive_count and message.id not in dead_letter_sources:
                dead_letter_sources[message.id] = queue.queue_arn


def _answer_receive_message(self):
    """A dead letter names its queue, if that is asked for."""
    answer = _plain_answer_receive_message(self)
    names = ("AttributeNames", "MessageSystemAttributeNames")
    asked = {name for key in names for name in self._get_param(key, [])}
    if asked & {"All", SOURCE}:
        for message in answer.result.get("Messages", []):
            if (source := dead_letter_sources.get(message["MessageId"])) is not None:
                message.setdefault("Attributes", {})[SOURCE] = source
    return answer


def _has_other_threads():
    """Tell whether your code runs in threads."""
    return any(
        thread is not threading.main_thread() and not thread.name.endswith(_OUR_THREADS)
        for thread in threading.enumerate()
    )


def _next_appearance(queue):
    """Return a time just after the next delayed or hidden message appears.

    The messages of one response reappear one soon after the other; 0.1 s later all are there.
    """
    moments = (max(message.visible_at, message.delayed_until) / 1000 for message in queue._messages)
    return min((moment for moment in moments if moment >= now()), default=math.inf) + 0.1


def _purge_queue(self, queue_name):
    """Record that the queue was purged."""
    _plain_purge_queue(self, queue_name)
    purged.add(queue_name)


def _answer_delete_message_batch(self):
    """A batch has ten entries at most, with distinct ids."""
    entries = self._get_param("Entries", [])
    if not entries:
        raise EmptyBatchRequest("Delete")
    if len(entries) > 10:
        raise TooManyEntriesInBatchRequest(len(entries))
    ids = [entry["Id"] for entry in entries]
    for entry_id in ids:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", entry_id):
            raise InvalidBatchEntryId
        if ids.count(entry_id) > 1:
            raise BatchEntryIdsNotDistinct(entry_id)
    done, failed = self.sqs_backend.delete_message_batch(self._get_queue_name(), entries)
    return ActionResult({"Successful": [{"Id": entry_id} for entry_id in done], "Failed": failed})


PATCHES = (
    (Queue, "add_message", _add_message),
    (SQSBackend, "change_message_visibility", _change_message_visibility),
    (SQSBackend, "change_message_visibility_batch", _change_message_visibility_batch),
    (SQSBackend, "create_queue", _create_queue),
    (SQSBackend, "purge_queue", _purge_queue),
    (SQSBackend, "receive_message", _receive_message),
    (SQSBackend, "send_message", _send_message),
    (SQSBackend, "send_message_batch", _send_message_batch),
    (SQSBackend, "set_queue_attributes", _set_queue_attributes),
    (SQSResponse, "receive_message", _answer_receive_message),
    (SQSResponse, "delete_message_batch", _answer_delete_message_batch),
)
"""What is replaced by what."""
