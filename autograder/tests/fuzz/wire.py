"""The wire under fuzzing: a runner's bytes, raw or as two frames.

For any input, there is a result within its limits, or a WireError.
"""

import json
import random
import socket
import time

from autograder.sandbox import Returned
from autograder.sandbox.inside.wire import WireError, decode, encode, receive_frame, send_frame
from autograder.sandbox.outcomes import read_result
from autograder.tests.fuzz.target import BrokenGuaranteeError, MutateBytes

LIMIT = 4096
SECONDS = 5.0
FRAMED = b"framed\n"


class WireTarget:
    """The grader's side of the wire."""

    def __init__(self) -> None:
        self.seeds = SEEDS

    def __call__(self, data: bytes) -> None:
        """Feed one input: raw bytes, or a report and an answer on separate lines."""
        ours, theirs = socket.socketpair()
        end = time.monotonic() + SECONDS
        with ours, theirs:
            if data.startswith(FRAMED):
                report, _, answer = data.removeprefix(FRAMED).partition(b"\n")
                send_frame(theirs, report)
                send_frame(theirs, answer)
            else:
                theirs.sendall(data)
            theirs.shutdown(socket.SHUT_WR)
            try:
                report = receive_frame(ours, LIMIT, end)
                answer = receive_frame(ours, 8 * LIMIT, end)
                result = read_result(report, answer, "module", "function", LIMIT)
            except WireError:
                return
        if isinstance(result, Returned):
            value = result.value
            if decode(encode(value)) != value or len(json.dumps(value)) > 101 * LIMIT:
                raise BrokenGuaranteeError("a value beyond its bounds")
        elif len(repr(result)) > 1 << 20:
            raise BrokenGuaranteeError("a result beyond its bounds")

    def mutate(
        self,
        data: bytes,
        size: int,
        rng: random.Random,
        mutate_bytes: MutateBytes,
    ) -> bytes:
        """Change bytes; now and then turn frames into raw bytes, or raw bytes into frames."""
        if data.startswith(FRAMED) and rng.random() < 0.95:
            return FRAMED + mutate_bytes(data.removeprefix(FRAMED), size - len(FRAMED))
        return mutate_bytes(data, size)


def _framed(report: object, answer: object) -> bytes:
    return FRAMED + json.dumps(report).encode() + b"\n" + json.dumps(answer).encode()


def _frame(payload: bytes) -> bytes:
    return len(payload).to_bytes(4) + payload


_REPORT = {
    "reason": None,
    "imported": True,
    "signal": 0,
    "exit_code": 0,
    "cpu_seconds": 0.5,
    "printed_bytes": 3,
}

SEEDS: tuple[bytes, ...] = (
    b"",
    b"\x00\x00\x00",
    b"\xff\xff\xff\xff",
    _frame(b"{}") + _frame(b"{}"),
    _frame(encode(_REPORT)) + _frame(b'{"kind":"returned","value":1}'),
    _frame(encode(_REPORT)) + b"\x00\x00\x00\x09{",
    _framed(_REPORT, {"kind": "returned", "value": [1, "a", {"b": None}], "virtual_seconds": 2}),
    _framed(_REPORT, {"kind": "returned", "value": 10**200}),
    _framed(_REPORT, {"kind": "returned", "value": "\ud800"}),
    _framed(_REPORT, {"kind": "unsendable", "where": "[0]", "type": "set", "reason": "type"}),
    _framed(
        _REPORT,
        {"kind": "raised", "type": "E", "bases": ["E"], "message": "m", "code": "C",
         "frames": [["f.py", 3, "f", "x"]], "during_import": True},
    ),
    _framed(_REPORT, {"kind": "missing_function", "similar": "f"}),
    _framed(_REPORT, {"kind": "stopped"}),
    _framed(_REPORT | {"reason": []}, {}),
    _framed(_REPORT | {"reason": "signal", "signal": 9}, {}),
    _framed(_REPORT | {"reason": "wall", "cpu_seconds": 10**300}, {}),
    FRAMED + encode(_REPORT) + b'\n{"kind":"returned","value":[1e999]}',
    FRAMED + encode(_REPORT) + b'\n{"kind":"returned","value":1,"value":2}',
    FRAMED + encode(_REPORT) + b'\n{"kind":"returned","value":' + b"[" * 2000,
    FRAMED + encode(_REPORT) + b'\n{"kind":"returned","value":' + b"9" * 5000 + b"}",
    FRAMED + encode(_REPORT) + b"\n" + "{}".encode("utf-16"),
)  # fmt: skip
