# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = "before it"
# ///
"""Waits, for real, for a signal, and in a second thread for an event."""

import signal
import threading


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    if len(messages) >= 12:
        signal.pause()
    waiter = threading.Thread(target=threading.Event().wait, args=(100_000,))
    waiter.start()
    waiter.join()
