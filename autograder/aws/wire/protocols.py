"""How requests and answers are written: AWS's JSON protocols, and the older query protocol.

boto3 speaks JSON with Kinesis and SQS. It sends forms to STS and gets XML back; clients of SQS from
before 2023 do the same. The operation that has to be done is the same in both.

Source: "AWS JSON 1.1 protocol" and "AWS query protocol" of Smithy's documentation.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from autograder.aws.calls import Service
from autograder.aws.errors import AwsError, malformed
from autograder.aws.moto_adapter import answer_in_xml, parameters_in_form
from autograder.aws.wire.http1 import RequestHead

_TARGETS = {
    "Kinesis_20131202": (Service.KINESIS, "1.1"),
    "AmazonSQS": (Service.SQS, "1.0"),
}
"""What X-Amz-Target begins with: the service, and the version of its JSON protocol."""
_FORM = "application/x-www-form-urlencoded"
_ACTION = re.compile(rb"(?:^|&)Action=([A-Za-z]{1,64})(?=&|$)")
STS_OPERATION = "GetCallerIdentity"
MAX_FORM = 4 << 20
"""Bytes: messages of 1 MiB, each byte written as three characters, and what else a batch has."""
MAX_FIELDS = 500
"""A batch of ten messages with ten attributes each has 350."""
_NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WHAT_EXISTS = "This cloud has Kinesis, SQS and, of STS, GetCallerIdentity"


class WireProtocol(Protocol):
    """Reads requests and writes answers."""

    @property
    def content_type(self) -> str:
        """The Content-Type of answers."""

    def operation_in(self, raw: bytes, /) -> tuple[Service, str]:
        """Return the service and the operation that a request is for.

        Raises:
            AwsError: There is no such operation.
        """

    def parameters_in(self, operation: str, raw: bytes, /) -> object:
        """Parse a request's parameters, of any shape.

        Raises:
            AwsError: They cannot be read.
        """

    def write(self, operation: str, answer: dict[str, Any], request_id: str, /) -> bytes:
        """Write the body of an answer."""

    def write_error(self, error: AwsError, request_id: str, /) -> bytes:
        """Write the body of an error."""


def protocol_of(head: RequestHead) -> WireProtocol:
    """Return the protocol of a request whose head has been read.

    Raises:
        AwsError: No service that exists here speaks it.
    """
    target, _, operation = head.headers.get("x-amz-target", "").partition(".")
    if head.method == "POST" and re.fullmatch(r"[A-Za-z]{1,64}", operation) and target in _TARGETS:
        return JsonProtocol(*_TARGETS[target], operation)
    is_form = head.headers.get("content-type", "").lower().startswith(_FORM)
    if head.method == "POST" and is_form and not target:
        return QueryProtocol(head.target.partition("?")[0])
    raise AwsError("UnknownOperationException", f"{WHAT_EXISTS}; no other service.", 404)


@dataclass(frozen=True)
class JsonProtocol:
    """The operation is in a header, everything else in JSON."""

    service: Service
    version: str
    operation: str

    @property
    def content_type(self) -> str:
        """The Content-Type of answers."""
        return f"application/x-amz-json-{self.version}"

    def operation_in(self, _: bytes, /) -> tuple[Service, str]:
        """Return what the header says."""
        return self.service, self.operation

    def parameters_in(self, _: str, raw: bytes, /) -> object:
        """Parse plain JSON: UTF-8, no NaN, no key twice, nothing that breaks the parser.

        Raises:
            AwsError: It is something else.
        """
        try:
            return json.loads(
                raw.decode() or "{}", parse_constant=_no_constant, object_pairs_hook=_no_key_twice
            )
        except (ValueError, RecursionError):
            raise malformed("The body is not plain JSON.") from None

    def write(self, _: str, answer: dict[str, Any], __: str, /) -> bytes:
        """Write an answer; its request id is in a header."""
        return json.dumps(answer).encode()

    def write_error(self, error: AwsError, _: str, /) -> bytes:
        """Write an error; its request id is in a header."""
        return error.body()


ANY_JSON = JsonProtocol(Service.KINESIS, "1.1", "")
"""Answers requests that are of no protocol."""


@dataclass(frozen=True)
class QueryProtocol:
    """Everything is in a form, and answers are XML."""

    path: str
    """Of the request: the address of a queue, if the form names none."""
    content_type: str = "text/xml"

    def operation_in(self, raw: bytes, /) -> tuple[Service, str]:
        """Return what the field `Action` says."""
        if len(raw) > MAX_FORM:
            raise AwsError("MalformedQueryString", f"A form has {MAX_FORM} bytes at most.", 404)
        found = _ACTION.search(raw)
        if found is None:
            raise AwsError("MissingAction", "The form lacks the field Action.")
        operation = found[1].decode()
        return (Service.STS if operation == STS_OPERATION else Service.SQS), operation

    def parameters_in(self, operation: str, raw: bytes, /) -> object:
        """Parse a form: UTF-8, no field twice."""
        try:
            pairs = parse_qsl(
                raw.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
            )
            fields = _no_key_twice(pairs)
        except ValueError:
            raise AwsError("MalformedQueryString", "The body is not a form.", 404) from None
        service, _ = self.operation_in(raw)
        parameters = parameters_in_form(service, operation, fields)
        if parameters is None:
            raise AwsError(
                "InvalidAction", f"The action {operation} does not exist here. {WHAT_EXISTS}."
            )
        queue = self.path.rpartition("/")[2]
        return {"QueueUrl": queue, **parameters} if queue else parameters

    def write(self, operation: str, answer: dict[str, Any], request_id: str, /) -> bytes:
        """Write an answer with its request id."""
        service = Service.STS if operation == STS_OPERATION else Service.SQS
        return _NOT_IN_XML.sub("?", answer_in_xml(service, operation, answer, request_id)).encode()

    def write_error(self, error: AwsError, request_id: str, /) -> bytes:
        """Write an error with the code that SQS had before its JSON protocol."""
        code = (error.query_error or error.code).partition(";")[0]
        message = escape(_NOT_IN_XML.sub("?", error.message))
        return (
            f'<ErrorResponse xmlns="{_NAMESPACE}"><Error>'
            f"<Type>{'Sender' if error.status < 500 else 'Receiver'}</Type>"
            f"<Code>{escape(code)}</Code><Message>{message}</Message><Detail/></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        ).encode()


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key appears twice")
    return table
