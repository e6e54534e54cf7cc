# /// attack
# outcomes = ["timed_out"]
# says = "slept for more than"
# ///
"""Sleeps for years, and a millisecond without end."""

import time


def read_queue_twice(queue_name, messages):
    time.sleep(10**8)


def read_log_twice(stream_name, messages):
    while True:
        time.sleep(1)
