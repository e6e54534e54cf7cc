"""Hints for students on errors of AWS and boto3, by error."""

_SERVICES = (
    "The simulated AWS has Kinesis, SQS and, of STS, GetCallerIdentity. Leave out what needs "
    "another service."
)

ERROR_HINTS: dict[str, str] = {
    "ProvisionedThroughputExceededException": "Kinesis throttles now and then. Wait a moment and "
    "try again, several times if needed.",
    "LimitExceededException": "Wait a moment and try again.",
    "ResourceNotFoundException": "Does the stream exist at this point, and is it ACTIVE? Are its "
    "name and the shard's id the ones that were passed in?",
    "ResourceInUseException": "If the stream exists already: is that an error here? If it is not "
    "ACTIVE: wait until it is.",
    "ExpiredIteratorException": "A shard iterator expires after five minutes: request a new one.",
    "InvalidArgumentException": "Look up the parameters of that call in boto3's documentation.",
    "ValidationException": "Look up the limits of that call in the Kinesis documentation, such as "
    "500 records for each PutRecords.",
    "UnknownOperationException": _SERVICES,
    "InvalidAction": _SERVICES,
    "404": _SERVICES,  # what boto3 makes of it for services whose answers are XML, such as S3
}
"""By AWS's error code."""

_ENDPOINT = "Do not write an endpoint into your code: it comes from the environment."

EXCEPTION_HINTS: dict[str, str] = {
    "EndpointConnectionError": _ENDPOINT,
    "ConnectTimeoutError": _ENDPOINT,
    "ResponseParserError": _SERVICES,
    "ParamValidationError": "boto3 rejects these parameters before it asks AWS. Its documentation "
    "says which are allowed.",
}
"""By the class of an exception that botocore raises."""

HUGE_NUMBER_HINT = "Sequence numbers are strings: keep them as Kinesis gives them."
"""For a returned number that JSON does not carry."""

IDLE_READS = (
    "{call} kept polling: {limits.aws.idle_reads} GetRecords answers in a row were empty and said "
    "that it was caught up (MillisBehindLatest 0)."
)
"""How a call ended that exceeded the budget `idle_reads`."""
IDLE_READS_HINT = (
    "When an answer is empty and MillisBehindLatest is 0, you have read all there is: stop."
)
