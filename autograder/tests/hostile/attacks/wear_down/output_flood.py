# /// attack
# outcomes = ["killed", "unimplemented"]
# says = "printed more than 256 KiB"
# ///
"""Prints without end, a single line, from several processes."""

import os


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    for _ in range(3):
        os.fork()
    while True:
        os.write(1, b"\x1b[2J" * 16000)
