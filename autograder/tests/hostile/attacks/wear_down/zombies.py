# /// attack
# outcomes = ["timed_out", "crashed", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Leaves dead children by the thousand that nobody takes leave of."""

import os


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    while True:
        try:
            if os.fork() == 0:
                os._exit(0)
        except BlockingIOError:
            pass
