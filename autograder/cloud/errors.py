"""Errors in AWS's own words."""


class AwsError(Exception):
    """An answer other than success, as AWS's JSON protocols carry it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status


def invalid_argument(message: str) -> AwsError:
    """Make an InvalidArgumentException."""
    return AwsError("InvalidArgumentException", message)


def validation(value: object, member: str, constraint: str) -> AwsError:
    """Make a ValidationException for one parameter."""
    return AwsError(
        "ValidationException",
        f"1 validation error detected: Value '{str(value)[:200]}' at '{member}' failed to satisfy "
        f"constraint: {constraint}",
    )


def not_found(message: str) -> AwsError:
    """Make a ResourceNotFoundException."""
    return AwsError("ResourceNotFoundException", message)


def throughput_exceeded(shard_id: str, stream: str, account: str) -> AwsError:
    """Make a ProvisionedThroughputExceededException."""
    return AwsError(
        "ProvisionedThroughputExceededException",
        f"Rate exceeded for shard {shard_id} in stream {stream} under account {account}.",
    )
