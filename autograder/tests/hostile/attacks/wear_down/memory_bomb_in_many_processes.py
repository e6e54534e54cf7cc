# /// attack
# outcomes = ["timed_out", "killed", "out_of_memory", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Has many children, each of which takes what a single process may have."""

import os
import signal


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    for _ in range(12):
        if os.fork() == 0:
            held = bytearray(b"x") * (256 << 20)
            signal.pause()
    while True:
        pass
