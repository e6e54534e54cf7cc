# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = " time"
# ///
"""Stays within one call of C, where Python's own signals never arrive."""

import re


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    if len(messages) >= 15:
        return re.fullmatch("(a|a|aa)+$", "a" * 64 + "b")
    if len(messages) >= 12:
        return sum(range(10**12))
    return 10**10**8
