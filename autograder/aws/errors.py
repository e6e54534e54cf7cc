"""Errors in AWS's own words."""


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


def invalid_argument(message: str) -> AwsError:
    """Make an InvalidArgumentException."""
    return AwsError("InvalidArgumentException", message)


def malformed(message: str, status: int = 400) -> AwsError:
    """Make a SerializationException: a request that AWS could not even read."""
    return AwsError("SerializationException", message, status)


def validation(value: object, member: str, constraint: str) -> AwsError:
    """Make a ValidationException for one parameter, whose name begins with a small letter."""
    shown = "null" if value is None else f"'{str(value)[:200]}'"
    where = ".".join(step[:1].lower() + step[1:] for step in member.split("."))
    return AwsError(
        "ValidationException",
        f"1 validation error detected: Value {shown} at '{where}' failed to satisfy "
        f"constraint: {constraint}",
    )


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
