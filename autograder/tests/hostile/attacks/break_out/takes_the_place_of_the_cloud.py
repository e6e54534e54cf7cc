# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Binds the endpoint's port anew, to answer in the cloud's place in this call and in later ones."""

import os
import socket

PORT = int(os.environ["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])


def bind(address, *options, family=socket.AF_INET):
    with socket.socket(family) as one:
        for option in options:
            one.setsockopt(socket.SOL_SOCKET, option, 1)
        one.bind((address, PORT))
        one.listen()


def bound_elsewhere():
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", 0))
        one.listen()
        one.setsockopt(socket.SOL_SOCKET, 25, b"lo\0")
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", PORT))


REUSE = (socket.SO_REUSEADDR, socket.SO_REUSEPORT)
STEPS = {
    "its address": lambda: bind("127.0.0.1"),
    "its address, reused": lambda: bind("127.0.0.1", *REUSE),
    "all addresses": lambda: bind("0.0.0.0"),
    "all addresses, reused": lambda: bind("0.0.0.0", *REUSE),
    "mapped": lambda: bind("::ffff:127.0.0.1", *REUSE, family=socket.AF_INET6),
    "a device's": bound_elsewhere,
}


def read_queue_twice(queue_name, messages):
    worked = []
    for name, step in STEPS.items():
        try:
            step()
        except OSError:
            continue
        worked.append(name)
    if worked:
        raise RuntimeError(f"escaped: {', '.join(worked)}")
    return "stayed inside"


read_log_twice = read_queue_twice
