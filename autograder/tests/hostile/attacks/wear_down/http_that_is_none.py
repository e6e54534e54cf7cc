# /// attack
# outcomes = ["wrong"]
# says = "returned"
# ///
"""Sends what is no HTTP, or two kinds of it at once, to bring the server down."""

import os
import socket

TARGET = b"X-Amz-Target: Kinesis_20131202.ListStreams\r\n"
ODDITIES = (
    b"\0" * 4096,
    os.urandom(4096),
    b"\r\n" * 5000,
    b"POST\r\n\r\n",
    b"POST / HTTP/9.9\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET http://[::1 HTTP/1.1\r\n\r\n",
    b"GET //[x HTTP/1.1\r\n\r\n",
    b"GET /%ff%00\xff HTTP/1.1\r\nHost: \xff\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST / HTTP/1.1\r\n" + TARGET + b"Content-Length: -1\r\n\r\n{}",
    b"POST / HTTP/1.1\r\n" + TARGET + b"Content-Length: 2\r\nContent-Length: 9999999\r\n\r\n{}",
    b"POST / HTTP/1.1\r\n" + TARGET + b"Content-Length: \xd9\xa2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\n" + TARGET + b"Content-Length: 1" + b"0" * 5000 + b"\r\n\r\n{}",
    b"POST / HTTP/1.1\r\n"
    + TARGET
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
    b"POST / HTTP/1.1\r\n" + TARGET + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\n"
    + TARGET
    + b"Expect: 100-continue\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\n" + TARGET + b"X-Autograder-Clock: 1e308\r\nContent-Length: 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\n"
    + TARGET
    + b"X-Autograder-Clock: "
    + b"9" * 5000
    + b"\r\nContent-Length: 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\n"
    + TARGET
    + b"Content-Type: \xff; charset=idna\r\nContent-Length: 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\n" + TARGET.replace(b".", b".\xff") + b"Content-Length: 2\r\n\r\n{}",
)


def send_all():
    for oddity in ODDITIES:
        with socket.create_connection(("127.0.0.1", 4566)) as connection:
            try:
                connection.sendall(oddity)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1 << 16)
            except OSError:
                pass


def read_queue_twice(queue_name, messages):
    send_all()
    return 1


def read_log_twice(stream_name, messages):
    send_all()
    return 1
