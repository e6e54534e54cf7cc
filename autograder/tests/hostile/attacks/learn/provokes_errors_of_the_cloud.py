# /// attack
# outcomes = ["wrong"]
# says = "returned 'nothing but AWS'"
# ///
"""Sends broken requests, and looks in the answers for paths, tracebacks and names of the grader."""

import os
import socket

REQUESTS = [
    b"GARBAGE\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: x\r\nX-Amz-Target: AmazonSQS.ListQueues\r\n\r\n",
    b'POST / HTTP/1.1\r\nContent-Length: 3\r\nX-Amz-Target: AmazonSQS.ListQueues\r\n\r\n{"\xff',
    b"POST / HTTP/1.1\r\nContent-Length: 2\r\nX-Amz-Target: Kinesis_20131202.__init__\r\n\r\n{}",
    b"POST / HTTP/1.1\r\nContent-Length: 2\r\nX-Amz-Target: Kinesis_20131202.DescribeStream\r\n\r\n{}",
    b"POST / HTTP/1.1\r\nContent-Length: 2\r\nX-Amz-Target: AmazonSQS.SendMessage\r\n\r\n[]",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 300 + b"\r\n",
]
TELLING = (
    b"Traceback",
    b".py",
    b"moto",
    b"autograder",
    b"/tmp",
    b"/home",
    b"site-packages",
    b"0x7f",
)


def read_queue_twice(queue_name, messages):
    host, port = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://").split(":")
    for request in REQUESTS:
        with socket.create_connection((host, int(port)), timeout=1) as connection:
            answer = b""
            try:
                connection.sendall(
                    request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
                )
                connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65536):
                    answer += part
            except OSError:
                pass
        told = [word for word in TELLING if word in answer]
        if told:
            raise RuntimeError(f"{request[:80]} tells {told}: {answer[:600]}")
    return "nothing but AWS"


read_log_twice = read_queue_twice
