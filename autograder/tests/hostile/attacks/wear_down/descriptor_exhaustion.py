# /// attack
# outcomes = ["crashed", "unimplemented"]
# says = "Too many open files"
# ///
"""Opens all the files and connections it can, and then asks for more."""

import os
import socket


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    held = []
    try:
        while True:
            held.append(socket.create_connection(("127.0.0.1", 4566)))
    except OSError:
        pass
    while True:
        held.append(os.dup(1))
