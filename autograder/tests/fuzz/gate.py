"""The gate under fuzzing: any bytes on a connection.

For any input, there is a response with a known status or the connection is closed, within a time
limit; no internal error is recorded, and an honest request is answered afterwards.
"""

import json
import random
import re
import time
from typing import Any
from xml.etree import ElementTree

from autograder.aws.calls import CallBudget
from autograder.aws.simulated import Cloud
from autograder.aws.wire.http1 import IncomingRequest
from autograder.tests.fuzz.target import BrokenGuaranteeError, MutateBytes

STATUSES = frozenset({200, 400, 403, 404, 431, 501, 505})
SLOWEST_SECONDS = 5.0
"""The limit for a request; the slowest honest request takes some hundredths of a second."""
BUDGET = CallBudget(api_calls=10_000, idle_reads=10_000, traffic_bytes=1 << 30)

_TARGETS = {"kinesis": "Kinesis_20131202", "sqs": "AmazonSQS"}


class Caller:
    """Sends bytes to a gate as a sandbox would, but in memory."""

    def __init__(self) -> None:
        self.cloud = Cloud(creating_describes=1)

    def begin(self) -> None:
        """Start again, with a stream of two shards."""
        self.cloud.reset()
        self.cloud.gate.begin_call(BUDGET, lambda _: None)
        self.cloud.kinesis.create_stream("s", 2)

    def say(self, raw: bytes) -> tuple[int, Any]:
        """Send bytes on a separate connection; return the response's status and body.

        The status is 0 if the connection was closed without a response.

        Raises:
            BrokenGuaranteeError: The response is invalid.
        """
        left = memoryview(raw)

        def receive(size: int) -> bytes:
            nonlocal left
            part, left = bytes(left[:size]), left[size:]
            return part

        begin = time.monotonic()
        gate = self.cloud.gate
        try:
            answer = gate.answer(gate.admit(), IncomingRequest(receive, lambda _: None))
        except OSError:
            return 0, None
        written = answer.encoded()
        if time.monotonic() - begin > SLOWEST_SECONDS:
            raise BrokenGuaranteeError("an answer took too long")
        for call in self.cloud.calls.all()[-1:]:
            if call.internal_error is not None:
                raise BrokenGuaranteeError(f"{call.operation}: {call.internal_error}")
        return parsed(written)

    def end(self) -> None:
        """Check that an honest request is answered.

        Raises:
            BrokenGuaranteeError: It is not.
        """
        if self.say(request("kinesis.ListStreams", b"{}"))[0] != 200:
            raise BrokenGuaranteeError("an honest request was not answered")
        self.cloud.gate.end_call()


class GateTarget:
    """The gate, fed with the bytes of one connection."""

    def __init__(self) -> None:
        self._caller = Caller()
        self.seeds = SEEDS

    def __call__(self, data: bytes) -> None:
        """Feed one input."""
        self._caller.begin()
        self._caller.say(data)
        self._caller.end()

    def mutate(
        self,
        data: bytes,
        size: int,
        rng: random.Random,  # noqa: ARG002 - not needed for bytes
        mutate_bytes: MutateBytes,
    ) -> bytes:
        """Change some bytes."""
        return mutate_bytes(data, size)


def request(operation: str, body: bytes) -> bytes:
    """Write a request for `service.Operation`."""
    service, _, name = operation.partition(".")
    target = f"{_TARGETS.get(service, service)}.{name}"
    head = f"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: {target}\r\nContent-Length: {len(body)}"
    return head.encode("utf-8", "replace") + b"\r\n\r\n" + body


def form(body: bytes, path: str = "/") -> bytes:
    """Write a request of the query protocol."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def parsed(written: bytes) -> tuple[int, Any]:
    """Parse a response as strictly as a client might; return its status and body.

    Raises:
        BrokenGuaranteeError: The response is invalid.
    """
    head, _, body = written.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    status = re.fullmatch(rb"HTTP/1\.1 ([1-5][0-9]{2}) [A-Za-z ]+", lines[0])
    if status is None or int(status[1]) not in STATUSES:
        raise BrokenGuaranteeError(f"the status line {lines[0]!r}")
    for line in lines[1:]:
        if not re.fullmatch(rb"[A-Za-z-]+: [ -~]+", line):
            raise BrokenGuaranteeError(f"the header {line!r}")
    if b"Content-Length: %d" % len(body) not in lines:
        raise BrokenGuaranteeError("a body of another length")
    if b"Content-Type: text/xml" in lines:
        return int(status[1]), ElementTree.fromstring(body)
    return int(status[1]), json.loads(body)


SEEDS: tuple[bytes, ...] = (
    b"",
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST / HTTP/0.9\r\n\r\n",
    b"POST / HTTP/2.0\r\nHost: a\r\n\r\n",
    request("kinesis.ListStreams", b"{}"),
    request("kinesis.ListStreams", b'{"Limit": NaN}'),
    request("kinesis.ListStreams", b'{"Limit": 1e999}'),
    request("kinesis.ListStreams", b'{"Limit": 1, "Limit": 1}'),
    request("kinesis.ListStreams", b'{"Limit": ' + b"9" * 5000 + b"}"),
    request("kinesis.ListStreams", b"[" * 3000),
    request("kinesis.ListStreams", b'\xef\xbb\xbf{"a": "\xed\xa0\x80"}'),
    request("kinesis.ListStreams", b"{}") + request("kinesis.ListStreams", b"{}"),
    request("kinesis.CallAction", b"{}"),
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: AmazonSQS.ListQueues\r\nX-Autograder-Clock: 1e308"
    b"\r\namz-sdk-request: attempt=2\r\nContent-Length: 2\r\n\r\n{}",
    *(
        request("sqs.ListQueues", b"{}").replace(b"Host: a\r\n", b"Host: %b\r\n" % host)
        for host in (b".", b"a" * 64, b"a:99999", b"a:0", b"-.xn--a", b"127.0.0.1:4566")
    ),
    b"POST / HTTP/1.1\nHost: a\n\n",
    b"POST / HTTP/1.1\r\nX-A: 1\r2\r\nX-\xff: \x00\r\n folded\r\n\r\n",
)  # fmt: skip
