# /// attack
# outcomes = ["wrong"]
# says = "has"
# ///
"""Returns a hundred thousand records, each of which is a witness."""


def read_queue_twice(queue_name, messages):
    return [f"::error::{number}" for number in range(40_000)], []


def read_log_twice(stream_name, messages):
    return messages, messages * 2000 + ["@everyone"] * 10_000
