# /// attack
# outcomes = ["wrong"]
# says = "overread"
# ///
"""Returns records that are huge and must be shown as witnesses, hard to write down as JSON."""


def read_queue_twice(queue_name, messages):
    return [chr(number) + "\x01" * 150_000 for number in range(65, 71)], []


def read_log_twice(stream_name, messages):
    return [f"{number}" + "\U0001f4a9" * 40_000 for number in range(6)], []
