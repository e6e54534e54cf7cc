# /// attack
# outcomes = ["wrong", "timed_out", "unimplemented"]
# ///
"""Returns a quarter of a gigabyte of text, and ten million numbers."""


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    if len(messages) >= 12:
        return "x" * (256 << 20)
    return [0] * 10_000_000
