# /// attack
# outcomes = ["wrong"]
# says = "cannot be graded"
# ///
"""Returns half a gigabyte of text, and ten million numbers."""


def read_queue_twice(queue_name, messages):
    return "x" * (512 << 20)


def read_log_twice(stream_name, messages):
    return [0] * 10_000_000
