# /// attack
# outcomes = ["killed", "unimplemented"]
# says = "printed more than 256 KiB"
# ///
"""Writes to standard error without end, from a thread, while nothing returns."""

import sys
import threading


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    def complain():
        while True:
            sys.stderr.write("AssertionError\n" * 1000)

    threading.Thread(target=complain).start()
    threading.Event().wait()
