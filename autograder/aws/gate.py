"""The gate: the only entrance to the simulated AWS, for HTTP that may be hostile.

Each connection is counted, and each further request on it; each request is logged, and faults may
strike it. A failure of the simulated AWS itself is answered as AWS does and noted on the call, so
that it never counts against a student.
"""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from autograder.aws.calls import (
    HELD_PER_REQUEST,
    CallBudget,
    CallLog,
    LoggedCall,
    Meter,
    Service,
    held_by_request,
    names_in,
)
from autograder.aws.clock import AwsClock
from autograder.aws.errors import AwsError
from autograder.aws.inside.boto3_adapter import ALONE_HEADER, CLOCK_HEADER
from autograder.aws.kinesis.api import KinesisApi
from autograder.aws.moto_adapter import CALLER_IDENTITY
from autograder.aws.shapes import Shapes
from autograder.aws.sqs.api import SqsApi
from autograder.aws.sqs.parameters import sqs_parameter_error
from autograder.aws.wire.http1 import HttpAnswer, IncomingRequest, RequestHead
from autograder.aws.wire.protocols import ANY_JSON, WireProtocol, protocol_of
from autograder.sandbox import StopReason

NO_REQUESTS = CallBudget(api_calls=0, idle_reads=0, traffic_bytes=0)
"""The budget between two calls of a student's functions."""
LOOK_SECONDS = 0.05
"""Real seconds between two looks whether another thread of the call is still at work. If none is,
a long poll moves the clock; who polls alone does not wait."""
QUIET_LOOKS = 2
"""In a row: at the first, a request may have been sent that has not been read yet."""


@dataclass(frozen=True)
class GateAdmission:
    """What was decided on a request when its connection was accepted, or it began to arrive."""

    meter: Meter | None
    """The meter of the call that it belongs to."""
    within_budget: bool


@dataclass(frozen=True)
class _Request:
    """A request that has come in whole."""

    request_id: str
    protocol: WireProtocol
    service: Service
    operation: str
    head: RequestHead
    raw: bytes


_HOST = re.compile(r"(127\.0\.0\.1|localhost)(?::([0-9]{1,5}))?")
HIGHEST_PORT = 65535


class Gate:
    """Answers HTTP on behalf of the simulated AWS."""

    def __init__(self, kinesis: KinesisApi, sqs: SqsApi, calls: CallLog, clock: AwsClock) -> None:
        self.start_over(kinesis, sqs)
        self._shapes = {
            Service.KINESIS: Shapes(Service.KINESIS),
            Service.SQS: Shapes(Service.SQS, sqs_parameter_error, checks_words=False),
            Service.STS: Shapes(Service.STS),
        }
        self._calls = calls
        self._clock = clock
        self._meter: Meter | None = None
        self._is_at_work: Callable[[], bool] = lambda: False
        self._lock = threading.Condition(threading.Lock())
        """Held while a request is answered; notified when one has been."""
        self.before_calls: set[Callable[[], None]] = set()
        """What servers do before a call: close the connections that they have not accepted yet."""

    def start_over(self, kinesis: KinesisApi, sqs: SqsApi) -> None:
        """Answer for these services from now on, with the same request ids as the first time.

        A student may print request ids, and feedback is the same each time.
        """
        self.kinesis = kinesis
        self.sqs = sqs
        self._request_ids = random.Random(0)  # noqa: S311 - nothing is protected by them

    def begin_call(
        self,
        budget: CallBudget,
        on_exceeded: Callable[[StopReason], None],
        is_at_work: Callable[[], bool] = lambda: False,
    ) -> None:
        """Begin to count for a call.

        Connections opened before this call come from processes of an earlier one: drop them.

        Args:
            budget: What the call may use.
            on_exceeded: Called once, with what ran out.
            is_at_work: Tells whether a thread of the call, or of its processes, could go on
                without an answer from here. A long poll waits for it.
        """
        for hang_up in tuple(self.before_calls):
            hang_up()
        self._meter = Meter(budget, on_exceeded)
        self._is_at_work = is_at_work

    def end_call(self) -> float:
        """Refuse every request until the next call, those under way included.

        Requests between two calls come from processes of the one before.

        Returns:
            The processor time that the call's answers took, in seconds.
        """
        with self._lock:
            ended, self._meter = self._meter, Meter(NO_REQUESTS, lambda _: None)
            self._lock.notify_all()
        return ended.seconds if ended is not None else 0.0

    def admit(self) -> GateAdmission:
        """Count a connection, whatever it will send."""
        return _counted(self._meter)

    def admit_again(self, before: GateAdmission) -> GateAdmission:
        """Count a further request on a connection: it belongs to the call that opened it."""
        return _counted(before.meter)

    def answer(self, admission: GateAdmission, incoming: IncomingRequest) -> HttpAnswer:
        """Answer the request on a connection.

        Raises:
            OSError: The client broke off, or took too long.
        """
        request_id = self._next_request_id()
        protocol: WireProtocol = ANY_JSON
        try:
            if not admission.within_budget:
                raise _budget_is_used_up()
            head = incoming.head()
            protocol = protocol_of(head)
            meter = admission.meter
            if meter is not None and not meter.count_bytes(head.size):
                raise _budget_is_used_up()
            raw = incoming.body()
            service, operation = protocol.operation_in(raw)
            request = _Request(request_id, protocol, service, operation, head, raw)
            body = self._do(request, meter)
        except AwsError as error:
            body = protocol.write_error(error, request_id)
            return self._http(request_id, protocol, body, error.status, error.query_error)
        return self._http(request_id, protocol, body)

    def _do(self, request: _Request, meter: Meter | None) -> bytes:
        """Do an operation and log it.

        One at a time: moto's models are not made for threads, and so no more than one request is
        in memory as Python's objects, which take many times the room of their JSON.
        """
        with self._lock:
            if meter is not self._meter:
                raise _budget_is_used_up()
            self._follow(request.head.headers.get(CLOCK_HEADER.lower(), ""))
            parameters: dict[str, Any] = {}
            held = HELD_PER_REQUEST
            begin = time.thread_time()
            try:
                sent = request.protocol.parameters_in(request.operation, request.raw)
                taken = self._shapes[request.service].take(request.operation, sent)
                held = self._expect_room_for(taken, meter)
                parameters = taken
                answer = self._answer(request, parameters, meter)
                body = request.protocol.write(request.operation, answer, request.request_id)
            except AwsError as error:
                self._log(request, parameters, held, error=error)
                raise
            except Exception as error:
                failure = AwsError("InternalFailure", "", 500)
                self._log(request, parameters, held, error=failure, cause=error)
                raise failure from error
            finally:
                if meter is not None:
                    meter.count_seconds(time.thread_time() - begin)
                self._lock.notify_all()
            self._log(request, parameters, held, answer)
        if meter is not None and not meter.count_bytes(len(body)):
            raise _budget_is_used_up()
        if meter is not None and request.operation == "GetRecords":
            idle = not answer["Records"] and not answer["MillisBehindLatest"]
            meter.count_read(self.kinesis.shard_of(parameters), idle=idle)
        return body

    def _expect_room_for(self, parameters: dict[str, Any], meter: Meter | None) -> int:
        """Return the memory that a request will hold, in bytes.

        Raises:
            AwsError: All requests of the test would hold too much.
        """
        held = held_by_request(parameters)
        if meter is not None and not meter.has_room_for(self._calls.held_bytes + held):
            raise _budget_is_used_up()
        return held

    def _answer(
        self, request: _Request, parameters: dict[str, Any], meter: Meter | None
    ) -> dict[str, Any]:
        if request.service is Service.KINESIS:
            return self.kinesis.answer(request.operation, parameters)
        if request.service is Service.STS:
            return dict(CALLER_IDENTITY)
        is_alone = ALONE_HEADER.lower() in request.head.headers

        def wait_for_others() -> bool:
            if is_alone:
                return False
            quiet_looks = 0
            while quiet_looks < QUIET_LOOKS:
                is_answered = self._lock.wait(LOOK_SECONDS)
                if meter is not self._meter:
                    raise _budget_is_used_up()
                if is_answered:
                    return True
                quiet_looks = 0 if self._is_at_work() else quiet_looks + 1
            return False

        return self.sqs.answer(request.operation, parameters, _host(request.head), wait_for_others)

    def _log(
        self,
        request: _Request,
        parameters: dict[str, Any],
        held_bytes: int,
        answer: dict[str, Any] | None = None,
        error: AwsError | None = None,
        cause: Exception | None = None,
    ) -> None:
        headers = request.head.headers
        attempt = re.search(r"attempt=([0-9]{1,4})", headers.get("amz-sdk-request", ""))
        keep = self._calls.has_room()
        self._calls.add(
            LoggedCall(
                service=request.service,
                operation=request.operation,
                parameters=parameters if keep else names_in(parameters),
                attempt=int(attempt[1]) if attempt else 1,
                invocation=headers.get("amz-sdk-invocation-id", "")[:64],
                status=error.status if error else 200,
                error=error.code if error else None,
                response=answer if keep and answer else {},
                at=self._clock.now(),
                internal_error=f"{type(cause).__name__}: {cause}"[:500] if cause else None,
            ),
            held_bytes,
        )

    def _follow(self, offset: str) -> None:
        try:
            self._clock.follow(float(offset[:40]))
        except ValueError:
            return

    def _next_request_id(self) -> str:
        digits = f"{self._request_ids.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _http(
        self,
        request_id: str,
        protocol: WireProtocol,
        body: bytes,
        status: int = 200,
        query_error: str | None = None,
    ) -> HttpAnswer:
        headers = [
            ("x-amzn-RequestId", request_id),
            ("Date", _http_date(int(self._clock.now()))),
            ("Content-Type", protocol.content_type),
            (CLOCK_HEADER, repr(self._clock.offset)),
        ]
        if query_error:
            headers.append(("x-amzn-query-error", query_error))
        return HttpAnswer(status, tuple(headers), body)


@lru_cache(maxsize=2)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def _counted(meter: Meter | None) -> GateAdmission:
    return GateAdmission(meter, meter is None or meter.count_request())


def _budget_is_used_up() -> AwsError:
    return AwsError("LimitExceededException", "The call's budget is used up.")


def _host(head: RequestHead) -> str:
    """Return the host with which a queue's address begins: ours, with the port of the request."""
    found = _HOST.fullmatch(head.headers.get("host", ""))
    return found[0] if found and int(found[2] or 1) <= HIGHEST_PORT else "127.0.0.1"
