"""SQS: moto's own, in virtual time."""

import contextlib
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

from moto.sqs.exceptions import QueueDoesNotExist

from autograder.aws.clock import AwsClock
from autograder.aws.errors import AwsError
from autograder.aws.faults import Faults
from autograder.aws.moto_adapter import MotoSqs, ask_moto, messages_of
from autograder.aws.sqs.parameters import (
    MAX_MESSAGE_BYTES,
    QUERY_PREFIX,
    check_characters,
    check_contents,
    check_system_attribute_names,
    checked_attributes,
    expect_kind,
    expect_throughput_limit,
    invalid_value,
    message_size,
    sqs_error,
    system_attribute_names,
    without_empty_sids,
)
from autograder.aws.sqs.queues import FaithfulQueues, failed_entry
from autograder.aws.sqs.redrive import expect_allow_policy, expect_redrive_policy

MAX_LISTED = 1000
MAX_RECEIVED = 10
LONGEST_POLL = 20
"""In seconds."""

SOURCE_OF_DEAD_LETTER = "DeadLetterQueueSourceArn"

MOST_JUMPS = 100
"""Moments at which one long poll looks for a message; then it jumps to its end."""

Ask = Callable[[dict[str, Any]], dict[str, Any]]
"""Has moto do the operation under way."""
WaitForOthers = Callable[[], bool]
"""Lets other requests be answered meanwhile; returns whether one was."""


class SqsApi:
    """Answers SQS requests; a long poll moves the clock once nobody else sends a request."""

    def __init__(self, backend: FaithfulQueues, clock: AwsClock, faults: Faults) -> None:
        self._backend = backend
        self._clock = clock
        self._faults = faults

    def answer(
        self,
        operation: str,
        parameters: dict[str, Any],
        host: str,
        wait_for_others: WaitForOthers = lambda: False,
    ) -> dict[str, Any]:
        """Do an operation.

        Args:
            operation: Its name.
            parameters: Of the operation's shape.
            host: What the client calls the simulated AWS.
            wait_for_others: What a long poll does before it moves the clock.

        Raises:
            AwsError: It is refused.
        """

        def ask(parameters: dict[str, Any]) -> dict[str, Any]:
            return ask_moto(MotoSqs(self._backend), f"AmazonSQS.{operation}", host, parameters)

        check_contents(parameters)
        if operation == "SendMessage":
            self._check_message(queue_named_in(parameters), parameters)
        if operation == "SendMessageBatch":
            return self._sent(parameters, ask)
        if "Attributes" in parameters:
            parameters = parameters | {"Attributes": self._attributes(operation, parameters)}
        if operation == "ListQueues":
            return self._listed(parameters, ask)
        if operation == "CreateQueue":
            _expect_name_of_its_kind(parameters)
        if operation == "GetQueueAttributes":
            return _as_aws_shows_it(ask(parameters))
        if operation == "ReceiveMessage":
            check_system_attribute_names(parameters)
            return self._received(parameters, ask, wait_for_others)
        return ask(parameters)

    def _attributes(self, operation: str, parameters: dict[str, Any]) -> dict[str, str]:
        """Check the attributes of a request; moto would drop a policy that is not set again."""
        queues, name = self._backend.queues, queue_named_in(parameters)
        attributes = checked_attributes(parameters["Attributes"])
        queue = queues.get(name)
        if operation == "SetQueueAttributes" and queue is not None:
            expect_kind(attributes, is_fifo=queue.fifo_queue)
        expect_allow_policy(attributes.get("RedriveAllowPolicy", ""))
        expect_redrive_policy(attributes.get("RedrivePolicy", ""), name, queues)
        expect_throughput_limit((queue.attributes if queue else {}) | attributes)
        if operation == "SetQueueAttributes" and queue is not None and queue.policy:
            attributes.setdefault("Policy", queue.policy)
        return attributes

    def _sent(self, parameters: dict[str, Any], ask: Ask) -> dict[str, Any]:
        """Send a batch; moto would refuse all of it for one entry that is not valid.

        Raises:
            AwsError: The batch is larger than any may be, or moto refuses it.
        """
        entries, queue = parameters["Entries"], queue_named_in(parameters)
        size = sum(message_size(entry) for entry in entries)
        if size > MAX_MESSAGE_BYTES:
            raise sqs_error(
                "BatchRequestTooLong",
                f"Batch requests cannot be longer than {MAX_MESSAGE_BYTES} bytes. You have sent "
                f"{size} bytes.",
                QUERY_PREFIX,
            )
        valid: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        for entry in entries:
            try:
                self._check_message(queue, entry)
            except AwsError as error:
                failed.append(failed_entry(entry["Id"], error.code, error.message))
            else:
                valid.append(entry)
        if failed and not valid and queue in self._backend.queues:
            return {"Successful": [], "Failed": failed}
        answer = ask(parameters | {"Entries": valid})
        answer["Failed"] = failed + answer["Failed"]
        return answer

    def _check_message(self, queue_name: str, message: dict[str, Any]) -> None:
        """Check the characters of a message, and its size in bytes; moto counts those of its body.

        Raises:
            AwsError: It has characters that SQS does not take, or is larger than its queue takes.
        """
        check_characters(message["MessageBody"])
        queue = self._backend.queues.get(queue_name)
        most = int(getattr(queue, "maximum_message_size", MAX_MESSAGE_BYTES))
        if message_size(message) > most:
            raise sqs_error(
                "InvalidParameterValue",
                "One or more parameters are invalid. Reason: Message must be shorter than "
                f"{most} bytes.",
            )

    def _listed(self, parameters: dict[str, Any], ask: Ask) -> dict[str, Any]:
        """List queues; moto would take the prefix for a pattern, and makes other pages."""
        urls = ask({}).get("QueueUrls", [])
        prefix, after = parameters.get("QueueNamePrefix", ""), parameters.get("NextToken", "")
        found = sorted(
            url
            for url in urls
            if _name_in(url).startswith(prefix) and (not after or _name_in(url) > after)
        )
        size = parameters.get("MaxResults", MAX_LISTED)
        if not 1 <= size <= MAX_LISTED:
            raise sqs_error(
                "InvalidParameterValue", f"MaxResults must be between 1 and {MAX_LISTED}."
            )
        answer: dict[str, Any] = {"QueueUrls": found[:size]} if found else {}
        if len(found) > size and "MaxResults" in parameters:
            answer["NextToken"] = _name_in(found[size - 1])
        return answer

    def _received(
        self, parameters: dict[str, Any], ask: Ask, wait_for_others: WaitForOthers
    ) -> dict[str, Any]:
        wait = self._long_poll_seconds(parameters)
        asked = parameters.get("MaxNumberOfMessages", 1)
        queue = queue_named_in(parameters)
        if not 1 <= asked <= MAX_RECEIVED:
            reason = f"Must be between 1 and {MAX_RECEIVED}, if provided"
            raise invalid_value("MaxNumberOfMessages", asked, reason)
        if queue in self._backend.queues:  # else moto refuses it
            self._faults.strike("ReceiveMessage", queue)
            asked = self._faults.receive_size(queue, asked)
        parameters = {**parameters, "WaitTimeSeconds": 0, "MaxNumberOfMessages": asked}
        if "*" in parameters.get("MessageAttributeNames", []):  # moto knows `.*` only
            parameters["MessageAttributeNames"] = ["All"]
        begin, end = self._clock.offset, self._clock.now() + wait
        for attempt in itertools.count():
            answer = self._with_sources(ask(parameters), parameters)
            left = wait - (self._clock.offset - begin)
            if answer.get("Messages") or left <= 0 or self._clock.now() >= end:
                return answer
            if not wait_for_others():
                is_last = attempt >= MOST_JUMPS
                self._clock.advance(left if is_last else min(left, self._until_next(queue)))
        raise AssertionError  # counting does not end

    def _with_sources(self, answer: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
        """Add to dead letters the queue that each comes from, if it was asked for."""
        if system_attribute_names(parameters) & {"All", SOURCE_OF_DEAD_LETTER}:
            for message in answer.get("Messages", []):
                source = self._backend.dead_letter_sources.get(message["MessageId"])
                if source is not None:
                    message.setdefault("Attributes", {})[SOURCE_OF_DEAD_LETTER] = source
        return answer

    def _until_next(self, queue: str) -> float:
        """Return the seconds until the next delayed or hidden message appears."""
        now = self._clock.now()
        moments = (
            max(message.visible_at, message.delayed_until) / 1000
            for message in messages_of(self._backend, queue)
        )
        # Just after that moment: moto hides a message up to it, that moment included.
        return min((moment - now for moment in moments if moment >= now), default=math.inf) + 0.001

    def _long_poll_seconds(self, parameters: dict[str, Any]) -> int:
        wait = parameters.get("WaitTimeSeconds")
        if wait is None:
            with contextlib.suppress(QueueDoesNotExist):
                queue = self._backend.get_queue(queue_named_in(parameters))
                wait = getattr(queue, "receive_message_wait_time_seconds", 0)
        if wait is not None and not 0 <= wait <= LONGEST_POLL:
            raise invalid_value(
                "WaitTimeSeconds", wait, f"Must be >= 0 and <= {LONGEST_POLL}, if provided"
            )
        return int(wait or 0)


def queue_named_in(parameters: Mapping[str, Any]) -> str:
    """Name the queue of a request; empty where it names none."""
    return str(parameters.get("QueueName") or _name_in(parameters.get("QueueUrl", "")))


def _name_in(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def _expect_name_of_its_kind(parameters: dict[str, Any]) -> None:
    """Check that only a FIFO queue has a name that ends in `.fifo`.

    Source: SQS API Reference, CreateQueue, QueueName; LocalStack's tests, validated on AWS.

    Raises:
        AwsError: The queue has such a name, and not the attribute FifoQueue.
    """
    is_fifo = parameters.get("Attributes", {}).get("FifoQueue", "").lower() == "true"
    if parameters["QueueName"].endswith(".fifo") and not is_fifo:
        raise sqs_error(
            "InvalidParameterValue",
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        )


def _as_aws_shows_it(answer: dict[str, Any]) -> dict[str, Any]:
    """Give a queue's timestamps in whole seconds, and its policy without the Sids moto needs."""
    attributes = answer.get("Attributes", {})
    for name in attributes.keys() & {"CreatedTimestamp", "LastModifiedTimestamp"}:
        attributes[name] = str(int(float(attributes[name])))
    if "Policy" in attributes:
        attributes["Policy"] = without_empty_sids(attributes["Policy"])
    return answer
