"""Raw bytes at the gate's socket: each connection is answered or closed, and the gate survives."""

import contextlib
import json
import re
import select
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlparse

import pytest

from autograder.aws.calls import CallBudget
from autograder.aws.server import KEPT_OPEN, Server
from autograder.aws.simulated import Cloud
from autograder.aws.wire.http1 import MAX_BODY

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient

PATIENCE = 20.0
MANY_TRIES = 1000
BUDGET = CallBudget(api_calls=100, idle_reads=100, traffic_bytes=1 << 20)

Dial = Callable[[], socket.socket]


def request(
    body: bytes = b"{}",
    operation: str = "ListStreams",
    line: str = "POST / HTTP/1.1",
    length: int | None = None,
    extra: bytes = b"",
) -> bytes:
    """Return a request to Kinesis, valid except for the given changes."""
    size = len(body) if length is None else length
    head = (
        f"{line}\r\nHost: 127.0.0.1\r\nX-Amz-Target: Kinesis_20131202.{operation}\r\n"
        f"Content-Length: {size}\r\n"
    )
    return head.encode() + extra + b"\r\n" + body


def heard(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def say(dial: Dial, raw: bytes) -> bytes:
    """Send bytes on a separate connection, close the sending half, and read the answer."""
    with dial() as connection:
        with contextlib.suppress(OSError):
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
        return heard(connection)


def status_of(answer: bytes) -> int:
    """Return an answer's status; 0 if the connection was closed without an answer."""
    return int(answer.split(None, 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.fixture
def dial(cloud: Cloud, served: tuple[Cloud, str]) -> Dial:  # noqa: ARG001 - emptied first
    """Open connections to the cloud."""
    place = urlparse(served[1])
    return lambda: socket.create_connection((str(place.hostname), place.port or 0), PATIENCE)


@pytest.fixture
def strict(cloud: Cloud) -> Iterator[Dial]:
    """Serve four connections together, each for a third of a second."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(cloud.gate, listener, connections=4, seconds=1 / 3)
        yield lambda: socket.create_connection(listener.getsockname()[:2], PATIENCE)
        server.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"\x00" * 100,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\r\n\r\n",
        b"GET / HTTP/0.9\r\n\r\n",
        request(line="POST / HTTP/99.99"),
        request(line="POST / HTTP/2.0"),
        request(line="POST / HTTP/1.1 HTTP/1.1"),
        request(line="PO\x00ST / HTTP/1.1"),
        request(line="POST /\x00 HTTP/1.1"),
        request(line="POST  / HTTP/1.1"),
        request(line=" POST / HTTP/1.1"),
        request(line="POST /" + "a" * 100_000 + " HTTP/1.1"),
        request(line="PRI * HTTP/2.0"),
        request(length=3),
        request(length=-1),
        request(length=10**30),
        request(extra=b"Content-Length: 7\r\n"),
        request(extra=b"Content-Length: 2, 7\r\n"),
        request(extra=b"Transfer-Encoding: chunked\r\n"),
        request(extra=b"Transfer-Encoding: identity\r\n"),
        request(extra=b"Transfer-Encoding: \x0bchunked\r\n"),
        request(extra=b"X-A: 1\r2\r\n"),
        request(extra=b"X-A: \x00\r\n"),
        request(extra=b"X-\xff: 1\r\n"),
        request(extra=b"X A: 1\r\n"),
        request(extra=b": 1\r\n"),
        request(extra=b"no colon\r\n"),
        request(extra=b"X-A: 1\r\n" * 50_000),
        request(extra=b"X-A: " + b"a" * 1_000_000 + b"\r\n"),
        b"POST / HTTP/1.1\r\n" + b" folded\r\n" * 10 + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
    ],
    ids=range(33),
)
def test_anything_but_a_request_is_refused_or_closed(
    dial: Dial, kinesis: "KinesisClient", capfd: pytest.CaptureFixture[str], raw: bytes
) -> None:
    """It is refused with 4xx or without a response; the next request is answered."""
    answer = say(dial, raw)

    printed = capfd.readouterr()
    assert status_of(answer) in (0, 400, 404, 411, 413, 414, 431, 501, 505)
    assert (printed.out, printed.err) == ("", "")
    assert kinesis.list_streams()["StreamNames"] == []


@pytest.mark.parametrize(
    "extra",
    [b"X-A: \xe4\xf6\xfc\r\n", b"Connection: keep-alive\r\n", b"Expect: 100-continue\r\n"],
)
def test_unusual_valid_requests_are_answered(dial: Dial, extra: bytes) -> None:
    """Such as non-ASCII bytes in a header, keep-alive, or `Expect: 100-continue`."""
    answer = say(dial, request(extra=extra))

    assert status_of(answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")) == 200


@pytest.mark.parametrize(
    "first",
    [
        request(),
        request(line="GET / HTTP/1.1"),
        request(b"x" * 10, length=MAX_BODY + 1),
        request(extra=b"Transfer-Encoding: chunked\r\n"),
    ],
)
def test_a_second_request_before_the_response_is_dropped(
    cloud: Cloud, dial: Dial, first: bytes
) -> None:
    """The connection is closed; clients wait for the response before they send more."""
    answer = say(dial, first + request(operation="DescribeLimits"))

    assert answer.count(b"HTTP/1.1 ") == 1
    assert cloud.calls.of("DescribeLimits") == ()


def length_of(answer: bytes) -> int:
    """Return the length of a response with its body, by its head."""
    head, _, _ = answer.partition(b"\r\n\r\n")
    size = re.search(rb"\r\nContent-Length: ([0-9]+)", head)
    assert size
    return len(head) + 4 + int(size[1])


def answered(connection: socket.socket) -> tuple[int, bool]:
    """Read a response; return its status, and whether the connection stays open."""
    answer = b""
    while b"\r\n\r\n" not in answer or len(answer) < length_of(answer):
        part = connection.recv(1 << 16)
        assert part
        answer += part
    return status_of(answer), b"Connection: close" not in answer


def test_a_quiet_client_keeps_its_connection(cloud: Cloud, dial: Dial) -> None:
    """All requests on it are answered, even refused ones, until the client closes it."""
    with dial() as connection:
        responses = []
        for raw in (request(), request(b"[]"), request(extra=b"Connection: close\r\n")):
            connection.sendall(raw)
            responses.append(answered(connection))
        rest = heard(connection)

    assert responses == [(200, True), (400, True), (200, False)]
    assert rest == b""
    assert len(cloud.calls.of("ListStreams")) == 3


@pytest.mark.parametrize("raw", [request(line="POST / HTTP/1.0"), request(line="GET / HTTP/1.1")])
def test_other_clients_are_told_that_the_connection_is_closed(dial: Dial, raw: bytes) -> None:
    """These are clients of HTTP/1.0, and clients whose request was refused unread."""
    with dial() as connection:
        connection.sendall(raw)
        _, goes_on = answered(connection)
        rest = heard(connection)

    assert (goes_on, rest) == (False, b"")


def test_of_many_connections_a_few_are_kept(dial: Dial) -> None:
    """Clients that are not garbage collected yet must not hold descriptors and threads for long."""
    with contextlib.ExitStack() as stack:
        kept = []
        for _ in range(3 * KEPT_OPEN):
            connection = stack.enter_context(dial())
            connection.sendall(request())
            kept.append(answered(connection)[1])

    assert sum(kept) == KEPT_OPEN


def test_a_body_that_is_too_large_is_refused_with_a_message(dial: Dial) -> None:
    """The response reaches a client that sends everything before it reads."""
    with dial() as connection:
        with contextlib.suppress(OSError):
            connection.sendall(request(b"x" * (MAX_BODY + 1)))
        answer = heard(connection)

    assert status_of(answer) == 400
    assert b"SerializationException" in answer


def test_connections_beyond_the_limit_are_closed(strict: Dial) -> None:
    """Connections within the limit are served, with at most one thread each."""
    threads = threading.active_count()

    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(strict()) for _ in range(50)]
        closed: set[socket.socket] = set()
        while len(closed) < 46:
            ready, _, _ = select.select(
                [client for client in waiting if client not in closed], [], [], 20
            )
            assert ready
            assert threading.active_count() - threads <= 4
            closed.update(ready)
        refused = [heard(client) for client in closed]

    assert set(refused) == {b""}


def test_a_client_that_dribbles_is_cut_off(strict: Dial) -> None:
    """The time limit is on the whole request: a byte now and then does not extend it."""
    raw = request(b" " * 10_000 + b"{}")
    sent = 0

    with strict() as connection:
        while not select.select([connection], [], [], 0.02)[0]:
            connection.sendall(raw[sent : sent + 1])
            sent += 1
            assert sent < 1000
        answer = heard(connection)

    assert answer == b""


def test_a_client_that_does_not_read_is_cut_off(cloud: Cloud, strict: Dial) -> None:
    """A response of several megabytes takes up memory for a limited time only."""
    cloud.kinesis.create_stream("s", 1)
    for _ in range(8):
        cloud.kinesis.put("s", b"x" * (1 << 20), "k")
    shard = cloud.kinesis.shards("s")[0]["ShardId"]
    place = {"StreamName": "s", "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    found = say(strict, request(json.dumps(place).encode(), "GetShardIterator"))
    iterator = found.partition(b"\r\n\r\n")[2]
    threads = threading.active_count()

    with contextlib.ExitStack() as stack:
        for _ in range(MANY_TRIES):  # some may arrive too late on a busy machine
            if len(cloud.calls.of("GetRecords")) >= 4:
                break
            with contextlib.suppress(OSError):
                stack.enter_context(strict()).sendall(request(iterator, "GetRecords"))
            select.select([], [], [], 0.02)
        while threading.active_count() > threads:
            select.select([], [], [], 0.02)
        answer = say(strict, request())

    assert status_of(answer) == 200


def test_closing_the_server_ends_its_connections(cloud: Cloud) -> None:
    """Threads do not keep waiting for clients."""
    before = set(threading.enumerate())  # threads of earlier tests may end meanwhile
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(cloud.gate, listener)
        with socket.create_connection(listener.getsockname()[:2], PATIENCE) as connection:
            connection.sendall(b"POST ")
            while len(begun := set(threading.enumerate()) - before) < 2:
                select.select([], [], [], 0.01)

            server.close()
            answer = heard(connection)

    assert answer == b""
    for thread in begun:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in begun)


def test_every_request_of_a_connection_counts(cloud: Cloud, dial: Dial) -> None:
    """Requests after the first count, too."""
    exceeded: list[str] = []
    cloud.gate.begin_call(CallBudget(3, 100, 1 << 20), exceeded.append)

    responses = []
    with dial() as connection:
        for _ in range(4):
            connection.sendall(request())
            responses.append((answered(connection), len(exceeded)))
    cloud.gate.end_call()

    assert responses == [((200, True), 0)] * 3 + [((400, False), 1)]


def test_the_processor_time_of_answers_counts(cloud: Cloud, dial: Dial) -> None:
    """Some requests cost the simulated AWS far more than they cost the sender."""
    exceeded: list[str] = []
    cloud.gate.begin_call(CallBudget(100, 100, 1 << 30, seconds=0.01), exceeded.append)
    body = b'{"a":[' + b"{}," * 300_000 + b"{}]}"

    before = list(exceeded)
    with dial() as connection:
        connection.sendall(request(body))
        answered(connection)
    seconds = cloud.gate.end_call()

    assert before == []
    assert exceeded == ["answers"]
    assert seconds > 0.01


def test_a_connection_belongs_to_the_call_that_opened_it(cloud: Cloud, dial: Dial) -> None:
    """Requests on it during a later call are neither carried out nor counted."""
    exceeded: list[str] = []
    cloud.gate.begin_call(CallBudget(10, 100, 1 << 20), exceeded.append)
    with dial() as connection:
        connection.sendall(request())
        first = answered(connection)
        cloud.gate.end_call()
        cloud.gate.begin_call(CallBudget(0, 100, 1 << 20), exceeded.append)
        connection.sendall(request(operation="DescribeLimits"))
        second, _ = answered(connection)
        cloud.gate.end_call()

    assert (first, second) == ((200, True), 400)
    assert cloud.calls.of("DescribeLimits") == ()
    assert exceeded == []


@pytest.mark.parametrize(
    "raw", [b"", b"garbage\r\n\r\n", request(line="GET / HTTP/1.1"), request(b"[]"), request()]
)
def test_every_connection_counts(cloud: Cloud, dial: Dial, raw: bytes) -> None:
    """It counts whatever was sent on it."""
    exceeded: list[str] = []
    cloud.gate.begin_call(CallBudget(3, 100, 1 << 20), exceeded.append)

    counts = []
    for _ in range(5):
        say(dial, raw)
        counts.append(len(exceeded))
    cloud.gate.end_call()

    assert counts == [0, 0, 0, 1, 1]
    assert exceeded == ["api_calls"]


def test_bytes_sent_are_counted_before_they_are_read(cloud: Cloud, dial: Dial) -> None:
    """A byte budget stops a call that stores too much; its last request stores nothing."""
    exceeded: list[str] = []
    cloud.kinesis.create_stream("s", 1)
    body = json.dumps({"StreamName": "s", "PartitionKey": "k", "Data": "eHh4" * 100_000}).encode()
    cloud.gate.begin_call(BUDGET, exceeded.append)

    answers = [status_of(say(dial, request(body, "PutRecord"))) for _ in range(4)]
    cloud.gate.end_call()

    assert answers == [200, 200, 400, 400]
    assert exceeded == ["traffic"]
    assert sum(map(len, cloud.kinesis.records("s").values())) == 2


def test_bytes_received_are_counted_too(cloud: Cloud, dial: Dial) -> None:
    """Responses are in the grader's memory until the student's code has read them."""
    exceeded: list[str] = []
    cloud.kinesis.create_stream("s", 1)
    cloud.kinesis.put("s", b"x" * 400_000, "k")
    place = {
        "StreamName": "s",
        "ShardId": cloud.kinesis.shards("s")[0]["ShardId"],
        "ShardIteratorType": "TRIM_HORIZON",
    }
    found = say(dial, request(json.dumps(place).encode(), "GetShardIterator"))
    iterator = found.partition(b"\r\n\r\n")[2]
    cloud.gate.begin_call(BUDGET, exceeded.append)

    answers = [status_of(say(dial, request(iterator, "GetRecords"))) for _ in range(3)]
    cloud.gate.end_call()

    assert answers == [200, 400, 400]
    assert exceeded == ["traffic"]


def test_a_request_of_a_call_that_has_ended_does_nothing(cloud: Cloud, dial: Dial) -> None:
    """It neither changes the simulated AWS nor counts for the next call."""
    exceeded: list[str] = []
    body = json.dumps({"StreamName": "late", "ShardCount": 1}).encode()
    raw = request(body, "CreateStream")
    cloud.gate.begin_call(BUDGET, exceeded.append)

    with dial() as connection:
        connection.sendall(raw[:-1])
        say(dial, request())  # by now the first connection was accepted
        cloud.gate.end_call()
        cloud.gate.begin_call(BUDGET, exceeded.append)
        connection.sendall(raw[-1:])
        status, _ = answered(connection)
    cloud.gate.end_call()

    assert status == 400
    assert cloud.kinesis.stream_names() == ()
    assert exceeded == []


def test_between_two_calls_nothing_is_done(cloud: Cloud, dial: Dial) -> None:
    """They come from processes of the call before, and the test now inspects that call's result."""
    exceeded: list[str] = []
    body = json.dumps({"StreamName": "late", "ShardCount": 1}).encode()
    cloud.gate.begin_call(BUDGET, exceeded.append)
    cloud.gate.end_call()

    status = status_of(say(dial, request(body, "CreateStream")))

    assert status == 400
    assert cloud.kinesis.stream_names() == ()
    assert cloud.calls.all() == ()
    assert exceeded == []


def test_connections_that_wait_to_be_accepted_belong_to_no_later_call(
    cloud: Cloud, dial: Dial
) -> None:
    """Their processes have ended by then."""
    exceeded: list[str] = []
    body = json.dumps({"StreamName": "late", "ShardCount": 1}).encode()
    raw = request(body, "CreateStream")
    cloud.gate.begin_call(BUDGET, exceeded.append)

    with contextlib.ExitStack() as waiting:
        for _ in range(100):
            waiting.enter_context(dial()).sendall(raw)
        cloud.gate.end_call()
        cloud.gate.begin_call(CallBudget(1, 1, 1 << 20), exceeded.append)
    answer = say(dial, request())
    cloud.gate.end_call()

    assert status_of(answer) == 200
    assert exceeded == []
