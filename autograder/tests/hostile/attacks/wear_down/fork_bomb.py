# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = " time"
# ///
"""Forks without end, in every child too."""

import os


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    while True:
        try:
            os.fork()
        except OSError:
            pass
