# /// attack
# outcomes = ["wrong"]
# says = "cannot be graded"
# ///
"""Returns a generator that never ends, and a list that is nested a hundred thousand times."""

import itertools


def read_queue_twice(queue_name, messages):
    return (number for number in itertools.count())


def read_log_twice(stream_name, messages):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
