"""Dead-letter queues: what RedrivePolicy and RedriveAllowPolicy may say.

Source: SQS API Reference, SetQueueAttributes; Developer Guide, "Dead-letter queues".
"""

import re
from collections.abc import Mapping

from moto.sqs.models import Queue

from autograder.aws.moto_adapter import ACCOUNT, REGION
from autograder.aws.sqs.parameters import invalid_value, parse_document

_MOST_RECEIVES = 1000
"""The largest maxReceiveCount."""
_MOST_SOURCES = 10
"""Queues that a RedriveAllowPolicy may name."""


def expect_redrive_policy(text: str, source: str, queues: Mapping[str, Queue]) -> None:
    """Check that a RedrivePolicy names a dead-letter queue, and after how many receives it is used.

    Args:
        text: The policy; an empty one takes it away.
        source: The name of the queue that gets the policy.
        queues: All queues by name.

    Raises:
        AwsError: It does not, or the source may not use that queue.
    """
    document = parse_document(text)
    if not document:
        return
    count = str(document.get("maxReceiveCount"))
    target = str(document.get("deadLetterTargetArn"))
    queue = next((queue for queue in queues.values() if queue.queue_arn == target), None)
    if not re.fullmatch(r"[0-9]{1,4}", count) or not 1 <= int(count) <= _MOST_RECEIVES:
        reason = f"maxReceiveCount must be between 1 and {_MOST_RECEIVES}"
    elif queue is None:
        reason = "Dead letter target does not exist"
    elif queue.fifo_queue != source.endswith(".fifo"):
        reason = "Dead-letter queue must be same type of queue as the source"
    elif not _is_open_to(source, queue.attributes.get("RedriveAllowPolicy", "")):
        reason = "The RedriveAllowPolicy of the dead letter target does not allow this queue"
    else:
        return
    raise invalid_value("RedrivePolicy", text, reason)


def expect_allow_policy(text: str) -> None:
    """Check that a RedriveAllowPolicy has a permission, and names queues only if it needs them.

    Raises:
        AwsError: It does not.
    """
    document = parse_document(text)
    if not document:
        return
    permission, sources = document.get("redrivePermission"), document.get("sourceQueueArns")
    if permission not in ("allowAll", "denyAll", "byQueue"):
        reason = "redrivePermission must be allowAll, denyAll or byQueue"
    elif (sources is not None) != (permission == "byQueue"):
        reason = "sourceQueueArns goes with the redrivePermission byQueue, and only with it"
    elif sources is not None and not _are_arns(sources):
        reason = f"sourceQueueArns must name between 1 and {_MOST_SOURCES} queues"
    else:
        return
    raise invalid_value("RedriveAllowPolicy", text, reason)


def _are_arns(sources: object) -> bool:
    return (
        isinstance(sources, list)
        and 1 <= len(sources) <= _MOST_SOURCES
        and all(isinstance(source, str) for source in sources)
    )


def _is_open_to(source: str, allow_policy: str) -> bool:
    """Tell whether a queue with this RedriveAllowPolicy takes dead letters of another."""
    document = parse_document(allow_policy) or {}
    match document.get("redrivePermission"):
        case "denyAll":
            return False
        case "byQueue":
            return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{source}" in document["sourceQueueArns"]
    return True
