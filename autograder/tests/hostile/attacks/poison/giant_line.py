# /// attack
# outcomes = ["crashed"]
# says = "RuntimeError"
# ///
"""Is a megabyte long, all of it one line or all of it line ends."""


def read_queue_twice(queue_name, messages):
    raise RuntimeError("\U0001f4a9" * 1_000_000)


def read_log_twice(stream_name, messages):
    raise RuntimeError("\r\n\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e" * 100_000)
