"""What SQS accepts beyond the shapes of its operations: attributes, and the sizes of lists."""

import re
from typing import Any

from autograder.aws.errors import AwsError

WHOLE_NUMBERS = {
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
_MAX_ENTRIES = 10
_MAX_MESSAGE_ATTRIBUTES = 10
_MAX_NAMES = 50
"""In any other list or table; moto goes through all messages for each of some names."""


def sqs_parameter_error(value: object, member: str, constraint: str) -> AwsError:
    """Make the error for a parameter that is missing (None) or out of bounds."""
    if value is None:
        return AwsError("MissingParameter", f"The request must contain the parameter {member}.")
    return AwsError("InvalidParameterValue", f"{member}: {constraint}.")


def check_sizes(parameters: dict[str, Any]) -> None:
    """Bound the lists and tables, which the service's model does not.

    Source: SQS API Reference, SendMessageBatch and MessageAttributeValue; lists without a
    bound there get one that leaves room for all names that exist.

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
                check_sizes(entry)
        elif name == "MessageAttributes" and size > _MAX_MESSAGE_ATTRIBUTES:
            raise AwsError(
                "InvalidParameterValue",
                f"Number of message attributes [{size}] exceeds the allowed maximum "
                f"[{_MAX_MESSAGE_ATTRIBUTES}].",
            )
        elif size > _MAX_NAMES:
            raise AwsError("InvalidParameterValue", f"{name} has {_MAX_NAMES} items at most.")


def check_attributes(attributes: dict[str, str]) -> None:
    """Check a queue's attributes, which the service's model takes for any text.

    Source: SQS API Reference, SetQueueAttributes.

    Raises:
        AwsError: There is no such attribute, or it cannot have that value.
    """
    for name, value in attributes.items():
        if name in WHOLE_NUMBERS:
            least, most = WHOLE_NUMBERS[name]
            fits = bool(re.fullmatch(r"[0-9]{1,9}", value)) and least <= int(value) <= most
        elif name in _WORDS:
            fits = bool(re.fullmatch(_WORDS[name], value))
        elif name in _WITHOUT_EFFECT:
            fits = value == ""
        else:
            raise AwsError("InvalidAttributeName", f"Unknown Attribute {name[:100]}.")
        if not fits:
            raise AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
