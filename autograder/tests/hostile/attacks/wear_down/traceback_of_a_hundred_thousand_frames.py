# /// attack
# outcomes = ["crashed", "out_of_memory", "killed", "timed_out"]
# says = "read_queue_twice()"
# ///
"""Raises from a hundred thousand frames deep, in lines of a generated file."""

import linecache
import sys

sys.setrecursionlimit(1 << 30)


def deeper(depth):
    if depth == 0:
        raise RuntimeError("bottom")
    deeper(depth - 1)


def read_queue_twice(queue_name, messages):
    deeper(100_000)


def read_log_twice(stream_name, messages):
    linecache.getline = lambda *_: "x" * (1 << 20)
    deeper(50)
