# /// attack
# outcomes = ["out_of_memory", "timed_out", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Doubles a text until memory is gone."""

import os


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    text = os.urandom(1 << 20).hex()
    while True:
        text += text
