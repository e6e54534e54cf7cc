"""What SQS accepts beyond the shapes of its operations: attributes, and the sizes of lists."""

import json
import re
from collections.abc import Mapping
from typing import Any

from autograder.aws.errors import AwsError, Violation
from autograder.aws.faults import decoded_size
from autograder.aws.shapes import enum_of

MAX_MESSAGE_BYTES = 1 << 20
LONGEST_VISIBILITY = 43_200
"""Seconds."""
WHOLE_NUMBERS = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, MAX_MESSAGE_BYTES),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, LONGEST_VISIBILITY),
}
_BOOLEAN = r"(?i:true|false)"
"""boto3 users write `str(True)`, and SQS takes it."""
_WORDS = {
    "ContentBasedDeduplication": _BOOLEAN,
    "DeduplicationScope": r"queue|messageGroup",
    "FifoQueue": _BOOLEAN,
    "FifoThroughputLimit": r"perQueue|perMessageGroupId",
    "KmsMasterKeyId": r"[A-Za-z0-9:/_-]{0,256}",
    "SqsManagedSseEnabled": _BOOLEAN,
}
_DOCUMENTS = frozenset({"Policy", "RedriveAllowPolicy", "RedrivePolicy"})
"""Attributes that hold a JSON object. The Policy has no effect here."""
_MAX_DOCUMENT = 8192
"""Characters, as many as IAM's policies of a resource may have at least."""
_MAX_BRACKETS = 256
"""In a document: far more than a policy needs, and no depth that breaks a parser."""
_NOT_IN_A_BODY = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTE_NAME = re.compile(r"(?!(?i:aws|amazon)\.|\.)(?!.*\.(?:\.|$))[A-Za-z0-9_.-]{1,256}")
_NUMBER = r"[+-]?([0-9]{1,128}(\.[0-9]{0,128})?|\.[0-9]{1,128})([eE][+-]?[0-9]{1,3})?"
QUERY_PREFIX = "AWS.SimpleQueueService."
"""Before some codes of the query protocol."""
_ATTRIBUTES_OF = ("MessageSystem", "Queue")
_MAX_ENTRIES = 10
_MAX_MESSAGE_ATTRIBUTES = 10
_MAX_NAMES = 50
"""In any other list or table; moto goes through all messages for each of some names."""


def sqs_error(code: str, message: str, prefix: str = "") -> AwsError:
    """Make an error of SQS; boto3 shows its code with this prefix, as the query protocol had it."""
    return AwsError(code, message, query_error=f"{prefix}{code};Sender")


def missing_parameter(member: str) -> AwsError:
    """Make the error for a parameter that is required."""
    return sqs_error("MissingParameter", f"The request must contain the parameter {member}.")


def sqs_parameter_error(first: Violation, *_: Violation) -> AwsError:
    """Make the error for parameters that are missing or out of bounds: SQS names the first."""
    if first.value is None:
        return missing_parameter(first.member)
    return sqs_error("InvalidParameterValue", f"{first.member}: {first.constraint}.")


def invalid_value(name: str, value: object, reason: str) -> AwsError:
    """Make the error for a parameter that cannot have this value."""
    return sqs_error(
        "InvalidParameterValue", f"Value {value} for parameter {name} is invalid. Reason: {reason}."
    )


def check_characters(body: str) -> None:
    """Check the text of a message.

    Source: SQS API Reference, SendMessage, MessageBody: only characters that XML can hold.

    Raises:
        AwsError: It has others.
    """
    if found := _NOT_IN_A_BODY.search(body):
        raise sqs_error(
            "InvalidMessageContents",
            f"Invalid characters found in message body: #x{ord(found[0]):X}.",
        )


def check_entry_ids(entries: list[dict[str, Any]]) -> None:
    """Check the ids of a batch's entries.

    Source: SQS API Reference, DeleteMessageBatchRequestEntry and the others of its kind, Id.

    Raises:
        AwsError: One has other characters or is too long, or two are the same.
    """
    ids = [entry["Id"] for entry in entries]
    if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,80}", entry_id) for entry_id in ids):
        raise sqs_error(
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
            "It can be at most 80 letters long.",
            QUERY_PREFIX,
        )
    repeated = next((entry_id for entry_id in ids if ids.count(entry_id) > 1), None)
    if repeated is not None:
        raise sqs_error("BatchEntryIdsNotDistinct", f"Id {repeated} repeated.", QUERY_PREFIX)


def check_contents(parameters: dict[str, Any]) -> None:
    """Check ids and attributes, and bound the lists and tables, which the service's model does not.

    Characters are left to `check_characters`: in a batch, an entry with others fails alone.

    Source: SQS API Reference, SendMessageBatch and MessageAttributeValue; lists without a
    bound there get one that leaves room for all names that exist.

    Raises:
        AwsError: One is not valid, or too long.
    """
    for name, value in parameters.items():
        size = len(value) if isinstance(value, list | dict) else 0
        if name == "Entries":
            if size > _MAX_ENTRIES:
                raise sqs_error(
                    "TooManyEntriesInBatchRequest",
                    f"Maximum number of entries per request are {_MAX_ENTRIES}. You have sent "
                    f"{size}.",
                    QUERY_PREFIX,
                )
            check_entry_ids(value)
            for entry in value:
                # An entry whose timeout is out of bounds fails alone.
                check_contents({key: entry[key] for key in entry if key != "VisibilityTimeout"})
        elif name == "MessageBody":
            if not value:
                raise missing_parameter(name)
        elif name == "MessageAttributes":
            check_message_attributes(value)
        elif name == "VisibilityTimeout":
            least, most = WHOLE_NUMBERS[name]
            if not least <= value <= most:
                reason = f"Must be >= {least} and <= {most}, if provided"
                raise invalid_value(name, value, reason)
        elif size > _MAX_NAMES:
            raise sqs_error("InvalidParameterValue", f"{name} has {_MAX_NAMES} items at most.")


def check_message_attributes(attributes: dict[str, dict[str, Any]]) -> None:
    """Check the attributes of a message.

    Source: SQS Developer Guide, "Amazon SQS message attributes"; API Reference,
    MessageAttributeValue.

    Raises:
        AwsError: They are too many, or one has a name that is not allowed, no value, or a value
            that is not a number.
    """
    if len(attributes) > _MAX_MESSAGE_ATTRIBUTES:
        raise sqs_error(
            "InvalidParameterValue",
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum "
            f"[{_MAX_MESSAGE_ATTRIBUTES}].",
        )
    for name, attribute in attributes.items():
        if not _ATTRIBUTE_NAME.fullmatch(name):
            raise sqs_error(
                "InvalidParameterValue",
                f"The message attribute name '{name[:100]}' is invalid. Attribute name can contain "
                "A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters.",
            )
        kind = attribute["DataType"]
        is_binary = kind.split(".")[0] == "Binary"
        value = attribute.get("BinaryValue" if is_binary else "StringValue")
        if not value:
            raise sqs_error(
                "InvalidParameterValue",
                f"Message (user) attribute '{name[:100]}' must contain a non-empty value of type "
                f"'{kind[:100]}'.",
            )
        if kind.split(".")[0] == "Number" and not re.fullmatch(_NUMBER, value):
            raise sqs_error(
                "InvalidParameterValue",
                f"Can't cast the value of message (user) attribute '{name[:100]}' to a number.",
            )


def message_size(message: dict[str, Any]) -> int:
    """Return the bytes of a message's body and attributes, which count together."""
    size = len(message.get("MessageBody", "").encode())
    for name, attribute in message.get("MessageAttributes", {}).items():
        texts = (name, attribute["DataType"], attribute.get("StringValue", ""))
        size += sum(len(text.encode()) for text in texts)
        size += decoded_size(attribute.get("BinaryValue", ""))
    return size


def system_attribute_names(parameters: dict[str, Any]) -> set[str]:
    """Return the names of system attributes that a ReceiveMessage asks for, by either member."""
    return {
        *parameters.get("AttributeNames", []),
        *parameters.get("MessageSystemAttributeNames", []),
    }


def check_system_attribute_names(parameters: dict[str, Any]) -> None:
    """Check which system attributes a ReceiveMessage asks for.

    Source: ReceiveMessage, MessageSystemAttributeNames, and AttributeNames, which takes the names
    of a queue's attributes too.

    Raises:
        AwsError: One does not exist.
    """
    for name in sorted(system_attribute_names(parameters)):
        if not any(name in enum_of("sqs", f"{kind}AttributeName") for kind in _ATTRIBUTES_OF):
            raise sqs_error("InvalidAttributeName", f"Unknown Attribute {name[:100]}.")


def checked_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Check a queue's attributes, which the service's model takes for any text.

    Source: SQS API Reference, SetQueueAttributes.

    Returns:
        The attributes as moto takes them.

    Raises:
        AwsError: There is no such attribute, or it cannot have that value.
    """
    checked = dict(attributes)
    for name, value in attributes.items():
        if name in WHOLE_NUMBERS:
            least, most = WHOLE_NUMBERS[name]
            fits = bool(re.fullmatch(r"[0-9]{1,9}", value)) and least <= int(value) <= most
        elif name in _WORDS:
            fits = bool(re.fullmatch(_WORDS[name], value))
        elif name in _DOCUMENTS:
            document = parse_document(value)
            fits = document is not None
            if document is not None and value and name == "Policy":
                fits = _has_statements(document)
                checked[name] = json.dumps(document)
        else:
            raise sqs_error("InvalidAttributeName", f"Unknown Attribute {name[:100]}.")
        if not fits:
            raise sqs_error("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    return checked


def expect_kind(attributes: Mapping[str, str], *, is_fifo: bool) -> None:
    """Check that a queue stays what it is.

    Source: SQS API Reference, SetQueueAttributes, FifoQueue: it cannot be changed.

    Raises:
        AwsError: The attributes would make it one of the other kind.
    """
    if attributes.get("FifoQueue", str(is_fifo)).lower() != str(is_fifo).lower():
        raise sqs_error(
            "InvalidAttributeValue",
            "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not "
            "supported.",
        )


def expect_throughput_limit(attributes: Mapping[str, object]) -> None:
    """Check the two attributes of FIFO queues with high throughput, which go together.

    Source: SQS API Reference, SetQueueAttributes, FifoThroughputLimit.

    Raises:
        AwsError: The limit is one for each group, and duplicates are those of the whole queue.
    """
    if (
        attributes.get("FifoThroughputLimit") == "perMessageGroupId"
        and attributes.get("DeduplicationScope") != "messageGroup"
    ):
        raise sqs_error(
            "InvalidAttributeValue",
            "Invalid value for the parameter FifoThroughputLimit. Reason: perMessageGroupId is "
            "allowed only when DeduplicationScope is messageGroup.",
        )


def parse_document(text: str) -> dict[str, Any] | None:
    """Parse a JSON object, {} if the text is empty; None if it is not valid."""
    if len(text) > _MAX_DOCUMENT or text.count("[") + text.count("{") > _MAX_BRACKETS:
        return None
    try:
        document = json.loads(text or "{}")
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _has_statements(policy: dict[str, Any]) -> bool:
    """Tell whether an access policy has statements, and give each the Sid that moto looks for."""
    statements = policy.get("Statement")
    if isinstance(statements, dict):
        statements = policy["Statement"] = [statements]
    if not isinstance(statements, list) or not all(isinstance(each, dict) for each in statements):
        return False
    for statement in statements:
        statement.setdefault("Sid", "")
    return True


def without_empty_sids(policy: str) -> str:
    """Return a policy without the empty Sids that its statements were given for moto."""
    document = json.loads(policy)
    for statement in document["Statement"]:
        if statement.get("Sid") == "":
            del statement["Sid"]
    return json.dumps(document)
