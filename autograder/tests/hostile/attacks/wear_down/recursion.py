# /// attack
# outcomes = ["crashed", "killed", "out_of_memory", "timed_out"]
# ///
"""Recurses until the stack of C overflows, and swallows the error of Python's own in a loop."""

import sys


def read_queue_twice(queue_name, messages):
    sys.setrecursionlimit(10**9)

    def deeper(_):
        return list(map(deeper, [1]))

    return deeper(1)


def read_log_twice(stream_name, messages):
    def deeper():
        while True:
            try:
                deeper()
            except RecursionError:
                pass

    deeper()
