"""The gate: the one door to the cloud, a WSGI application that parses hostile HTTP.

Only Kinesis and SQS exist, by their JSON protocols; everything else is 404. Each request is
counted, logged, and may meet a fault. A failure of the cloud's own answers like AWS and is noted
on the call, so that it never counts against a student.
"""

import json
import math
import re
import threading
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.request import Request

from autograder.cloud.calls import Call, CallBudget, CallLog, Meter
from autograder.cloud.clock import Clock
from autograder.cloud.errors import AwsError
from autograder.cloud.faults import Faults
from autograder.cloud.kinesis_api import KinesisApi
from autograder.cloud.sqs import SqsApi, SqsError

CLOCK_HEADER = "X-Autograder-Clock"
MAX_BODY = 8 << 20
MAX_DEPTH = 64

_TARGETS = {"Kinesis_20131202": ("kinesis", "1.1"), "AmazonSQS": ("sqs", "1.0")}
_STATUS = {200: "200 OK", 400: "400 Bad Request", 404: "404 Not Found", 500: "500 Server Error"}

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Gate:
    """Answers HTTP on behalf of the cloud."""

    def __init__(
        self, kinesis: KinesisApi, sqs: SqsApi, faults: Faults, calls: CallLog, clock: Clock
    ) -> None:
        self.kinesis = kinesis
        self.sqs = sqs
        self._faults = faults
        self._calls = calls
        self._clock = clock
        self._meter: Meter | None = None
        self._lock = threading.Lock()

    def begin_call(self, budget: CallBudget, on_exceeded: Callable[[str], None]) -> None:
        """Count requests from now on; `on_exceeded` hears once what ran out."""
        self._meter = Meter(budget, on_exceeded)

    def end_call(self) -> None:
        """Stop counting."""
        self._meter = None

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        status, body, extra = self._respond(environ)
        headers = [
            ("Content-Type", f"application/x-amz-json-{extra.pop('version', '1.1')}"),
            ("Content-Length", str(len(body))),
            (CLOCK_HEADER, repr(self._clock.offset)),
            *extra.items(),
        ]
        start_response(_STATUS.get(status, f"{status} Error"), headers)
        return [body]

    def _respond(self, environ: Environ) -> tuple[int, bytes, dict[str, str]]:
        self._follow(environ.get("HTTP_X_AUTOGRADER_CLOCK"))
        target, _, operation = str(environ.get("HTTP_X_AMZ_TARGET", "")).partition(".")
        if (
            environ.get("REQUEST_METHOD") != "POST"
            or target not in _TARGETS
            or not re.fullmatch(r"[A-Za-z]{1,64}", operation, re.ASCII)
        ):
            return 404, _error_body("UnknownOperationException", ""), {}
        service, version = _TARGETS[target]
        extra = {"version": version}
        try:
            raw = _read_body(environ)
            parameters = _parse(raw)
        except AwsError as error:
            return error.status, _error_body(error.code, error.message), extra
        meter = self._meter
        if meter is not None and not meter.admit():
            return (
                400,
                _error_body("LimitExceededException", "The call's budget is used up."),
                extra,
            )
        status, answer, failure = self._answer(service, operation, parameters, raw, environ, extra)
        self._log(service, operation, parameters, len(raw), environ, status, answer, failure)
        if meter is not None and operation == "GetRecords" and status == 200:
            idle = not answer["Records"] and not answer["MillisBehindLatest"]
            meter.read(self.kinesis.shard_of(parameters), idle=idle)
        if status != 200:
            return status, _error_body(answer["code"], answer["message"]), extra
        return status, json.dumps(answer).encode(), extra

    def _answer(
        self,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        raw: bytes,
        environ: Environ,
        extra: dict[str, str],
    ) -> tuple[int, dict[str, Any], str | None]:
        """Do an operation, one at a time: moto's models are not made for threads."""
        try:
            request = _moto_request(environ, raw)
            with self._lock:
                self._faults.strike(operation)
                if service == "kinesis":
                    return 200, self.kinesis.answer(operation, parameters, request), None
                return 200, self.sqs.answer(operation, parameters, request), None
        except AwsError as error:
            if isinstance(error, SqsError) and error.query_error:
                extra["x-amzn-query-error"] = error.query_error
            return error.status, {"code": error.code, "message": error.message}, None
        except NotImplementedError:
            message = f"{operation} does not exist in this cloud"
            return 400, {"code": "UnknownOperationException", "message": message}, None
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"[:500]
            return 500, {"code": "InternalFailure", "message": ""}, failure

    def _log(
        self,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        size: int,
        environ: Environ,
        status: int,
        answer: dict[str, Any],
        failure: str | None,
    ) -> None:
        attempt = re.search(r"attempt=(\d{1,4})", str(environ.get("HTTP_AMZ_SDK_REQUEST", "")))
        keep = self._calls.has_room()
        self._calls.add(
            Call(
                service=service,
                operation=operation,
                parameters=parameters if keep else {},
                attempt=int(attempt[1]) if attempt else 1,
                invocation=str(environ.get("HTTP_AMZ_SDK_INVOCATION_ID", ""))[:64],
                status=status,
                error=answer["code"] if status != 200 else None,
                response=answer if keep and status == 200 else {},
                at=self._clock.now(),
                internal_error=failure,
            ),
            size,
        )

    def _follow(self, offset: object) -> None:
        try:
            seconds = float(str(offset)[:40])
        except ValueError:
            return
        if math.isfinite(seconds):
            self._clock.follow(seconds)


def _read_body(environ: Environ) -> bytes:
    try:
        size = int(environ.get("CONTENT_LENGTH") or -1)
    except ValueError:
        size = -1
    if not 0 <= size <= MAX_BODY:
        raise AwsError("SerializationException", f"Content-Length must be 0 to {MAX_BODY}.")
    body = environ["wsgi.input"].read(size)
    if len(body) != size:
        raise AwsError("SerializationException", "The body is shorter than Content-Length.")
    return bytes(body)


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        parameters = json.loads(raw or b"{}")
        if isinstance(parameters, dict) and _depth(parameters) <= MAX_DEPTH:
            raw.decode()
            return parameters
    except (ValueError, RecursionError):
        pass
    raise AwsError("SerializationException", "The body is no JSON object.")


def _depth(value: object) -> int:
    """Measure nesting without recursion."""
    deepest, todo = 0, [(value, 1)]
    while todo and deepest <= MAX_DEPTH:
        one, depth = todo.pop()
        deepest = max(deepest, depth)
        if isinstance(one, dict):
            todo += [(item, depth + 1) for item in one.values()]
        elif isinstance(one, list):
            todo += [(item, depth + 1) for item in one]
    return deepest


def _moto_request(environ: Environ, raw: bytes) -> Request:
    """Make the request anew from the parts that moto may see."""
    host = str(environ.get("HTTP_HOST", "127.0.0.1"))
    if not re.fullmatch(r"[A-Za-z0-9.:-]{1,100}", host):
        host = "127.0.0.1"
    headers = {
        "X-Amz-Target": str(environ.get("HTTP_X_AMZ_TARGET", "")),
        "Content-Type": str(environ.get("CONTENT_TYPE", "application/x-amz-json-1.1")),
        "Host": host,
    }
    return Request.from_primitives("POST", f"http://{host}/", headers, raw)


def _error_body(code: str, message: str) -> bytes:
    return json.dumps({"__type": code, "message": message, "RequestId": str(uuid.uuid4())}).encode()
