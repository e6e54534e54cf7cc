"""Errors in AWS's own words."""

import json
from dataclasses import dataclass

_JSON_NAMES = {
    "InvalidParameterValue": "InvalidParameterValueException",
    "MissingParameter": "MissingRequiredParameterException",
}
"""What SQS calls errors in a body whose header has their code of the query protocol.

Source: LocalStack's snapshots, recorded on AWS.
"""


class AwsError(Exception):
    """An answer other than success, as AWS's JSON protocols carry it.

    Attributes:
        query_error: The value of the header by which boto3 maps an error of SQS to its old code.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, query_error: str | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.query_error = query_error

    def body(self) -> bytes:
        """Write the body of the answer."""
        kind = _JSON_NAMES.get(self.code, self.code) if self.query_error else self.code
        return json.dumps({"__type": kind, "message": self.message}).encode()


def invalid_argument(message: str) -> AwsError:
    """Make an InvalidArgumentException."""
    return AwsError("InvalidArgumentException", message)


def malformed(message: str, status: int = 400) -> AwsError:
    """Make a SerializationException: a request that AWS could not even read."""
    return AwsError("SerializationException", message, status)


@dataclass(frozen=True)
class Violation:
    """A parameter that does not satisfy what the service's model says of it.

    Attributes:
        value: What it is; None if it is missing.
        member: Where it is, such as `Records.1.member.PartitionKey`.
        constraint: What it must satisfy, in the words of AWS.
    """

    value: object
    member: str
    constraint: str

    def __str__(self) -> str:
        """Say it as AWS does: names of members begin with a small letter."""
        shown = "null" if self.value is None else f"'{str(self.value)[:200]}'"
        where = ".".join(step[:1].lower() + step[1:] for step in self.member.split("."))
        return f"Value {shown} at '{where}' failed to satisfy constraint: {self.constraint}"


def validation(*violations: Violation) -> AwsError:
    """Make a ValidationException, which counts the violations and names each."""
    count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
    return AwsError("ValidationException", f"{count}: {'; '.join(map(str, violations))}")


def not_found(message: str) -> AwsError:
    """Make a ResourceNotFoundException."""
    return AwsError("ResourceNotFoundException", message)


def unknown_operation(operation: str) -> AwsError:
    """Make an UnknownOperationException."""
    return AwsError("UnknownOperationException", f"{operation} does not exist in this cloud")


def throughput_exceeded(shard_id: str, stream: str, account: str) -> AwsError:
    """Make a ProvisionedThroughputExceededException."""
    return AwsError(
        "ProvisionedThroughputExceededException",
        f"Rate exceeded for shard {shard_id} in stream {stream} under account {account}.",
    )
