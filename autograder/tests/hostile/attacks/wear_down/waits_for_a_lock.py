# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = "before it"
# ///
"""Waits, for real, for a lock that is never released, and for a file descriptor that never speaks."""

import select
import threading


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    if len(messages) >= 12:
        select.select([], [], [], 100_000)
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
