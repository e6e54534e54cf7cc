"""Serves the gate on a listening socket that may live in another network namespace.

Each connection has one thread, each request a limited time, and the number of connections served
together is limited. So a client that opens thousands, or sends a byte now and then, holds up only
itself, and not for long. A client with few connections may send its next request on them, as with
AWS. If it opens many (one for each record, say), the server asks it to close each.
"""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable

from autograder.aws.gate import Gate, GateAdmission
from autograder.aws.wire.http1 import PART, IncomingRequest

CONNECTIONS = 256
"""Served together: several times what a sandbox's 64 processes and threads need."""
SLOWEST_SECONDS = 30.0
"""For a request to arrive, and again for its answer to leave."""
LINGER_SECONDS = 2.0
"""For a client to read its answer though its request was not read to the end."""
LINGER_BYTES = 32 << 20
"""Read and dropped meanwhile, at most."""
KEPT_OPEN = 8
"""While no more are open, a connection is kept for the client's next request."""
MOST_WAITING = 4096
"""More than a kernel lets wait on one socket."""
RETRY_SECONDS = 0.01
"""Between two attempts to accept, while descriptors are short."""


class Server:
    """A running server.

    Args:
        gate: What answers.
        listener: The listening socket; it stays the caller's.
        connections: How many are served together; further ones are closed.
        seconds: How long a request may take to arrive, and its answer to leave.
    """

    def __init__(
        self,
        gate: Gate,
        listener: socket.socket,
        *,
        connections: int = CONNECTIONS,
        seconds: float = SLOWEST_SECONDS,
    ) -> None:
        self._gate = gate
        self._seconds = seconds
        self._listener = listener.dup()
        self._listener.setblocking(False)
        self._free = threading.BoundedSemaphore(connections)
        self._open: set[socket.socket] = set()
        self._accepting = threading.Lock()
        gate.before_calls.add(self._hang_up_on_waiting)
        self._stop_receiver, self._stop_sender = socket.socketpair()
        self._thread = threading.Thread(target=self._accept_all, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering, and hang up on everybody."""
        self._gate.before_calls.discard(self._hang_up_on_waiting)
        self._stop_sender.close()
        self._thread.join()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept_all(self) -> None:
        with self._listener, self._stop_receiver, selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._stop_receiver, selectors.EVENT_READ)
            while all(key.fileobj is self._listener for key, _ in selector.select()):
                try:
                    with self._accepting:
                        connection, _ = self._listener.accept()
                        admission = self._gate.admit()
                except OSError:  # the client is gone already, or descriptors are short
                    time.sleep(RETRY_SECONDS)
                    continue
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._begin(connection, admission)

    def _hang_up_on_waiting(self) -> None:
        """Close the connections that were made and not accepted yet."""
        with self._accepting, contextlib.suppress(OSError):
            for _ in range(MOST_WAITING):
                self._listener.accept()[0].close()

    def _begin(self, connection: socket.socket, admission: GateAdmission) -> None:
        if not self._free.acquire(blocking=False):
            connection.close()
            return
        self._open.add(connection)
        try:
            threading.Thread(target=self._serve, args=(connection, admission), daemon=True).start()
        except RuntimeError:  # no more threads can be had
            self._end(connection)

    def _is_quiet(self) -> bool:
        return len(self._open) <= KEPT_OPEN

    def _end(self, connection: socket.socket) -> None:
        self._open.discard(connection)
        connection.close()
        self._free.release()

    def _serve(self, connection: socket.socket, admission: GateAdmission) -> None:
        try:
            while answer_one(connection, self._gate, admission, self._seconds, self._is_quiet):
                if not connection.recv(1, socket.MSG_PEEK):
                    return  # the client has hung up
                admission = self._gate.admit_again(admission)
        except OSError:
            return  # the client broke off, or took too long
        finally:
            self._end(connection)


def answer_one(
    connection: socket.socket,
    gate: Gate,
    admission: GateAdmission,
    seconds: float,
    may_go_on: Callable[[], bool],
) -> bool:
    """Answer a request on a connection.

    Args:
        connection: Where it comes in.
        gate: What answers.
        admission: What was decided on it.
        seconds: How long it may take to arrive, and its answer to leave.
        may_go_on: Whether there is room for a connection that waits for another.

    Returns:
        Whether the client may send another.

    Raises:
        OSError: The client broke off, or took too long.
    """
    receive = _Deadline(connection, seconds).receive
    incoming = IncomingRequest(receive, connection.sendall)
    answer = gate.answer(admission, incoming)
    goes_on = incoming.may_be_followed and may_go_on()
    connection.settimeout(seconds)
    connection.sendall(answer.encoded(is_last=not goes_on))
    if not incoming.is_read:
        _linger(connection)
    return goes_on


def _linger(connection: socket.socket) -> None:
    """Let the client read its answer: closing on unread bytes would take it away again."""
    connection.shutdown(socket.SHUT_WR)
    receive = _Deadline(connection, LINGER_SECONDS).receive
    left = LINGER_BYTES
    while left > 0 and (part := receive(PART)):
        left -= len(part)


class _Deadline:
    """Receives from a connection until a moment, however little comes at a time."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._end = time.monotonic() + seconds

    def receive(self, size: int) -> bytes:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request took too long")
        self._connection.settimeout(left)
        return self._connection.recv(size)
