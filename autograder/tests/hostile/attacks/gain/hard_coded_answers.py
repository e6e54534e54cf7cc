# /// attack
# outcomes = ["wrong"]
# says = "door opened"
# ///
"""Returns the answers to the handout's example, whatever is asked."""

MESSAGES = ["door opened", "light on", "light off", "door closed"]


def read_queue_twice(queue_name, messages):
    return MESSAGES, []


def read_log_twice(stream_name, messages):
    return MESSAGES, MESSAGES
