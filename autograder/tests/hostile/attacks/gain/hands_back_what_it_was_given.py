# /// attack
# outcomes = ["wrong"]
# ///
"""Asks no broker at all, and hands back the messages that it was given, as if they had been read."""


def read_queue_twice(queue_name, messages):
    return messages, []


def read_log_twice(stream_name, messages):
    return messages, messages
