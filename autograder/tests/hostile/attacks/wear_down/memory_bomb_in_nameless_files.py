# /// attack
# outcomes = ["timed_out", "crashed", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Fills files that live in memory alone and count against no process."""

import os


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    part = b"x" * (8 << 20)
    while True:
        os.write(os.memfd_create("hoard"), part)
