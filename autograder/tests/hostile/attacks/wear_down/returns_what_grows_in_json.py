# /// attack
# outcomes = ["wrong"]
# says = "cannot be graded"
# ///
"""Returns what is small here and many times as large once it is written down."""


def read_queue_twice(queue_name, messages):
    return "\N{ROCKET}" * 1_000_000, []


def read_log_twice(stream_name, messages):
    return [[10**99] * 200_000, [-1.2345678901234567e-300] * 400_000]
