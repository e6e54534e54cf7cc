# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = " time"
# ///
"""Starts threads without end that start threads without end."""

import threading


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    def multiply():
        while True:
            try:
                threading.Thread(target=multiply).start()
            except RuntimeError:
                pass

    multiply()
