# /// attack
# outcomes = ["killed", "timed_out", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Stops the process that started it, so that nobody looks at the clock any more."""

import os
import signal


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    os.kill(os.getppid(), signal.SIGSTOP)
    while True:
        pass
