# /// attack
# outcomes = ["wrong"]
# says = "did not come from the queue called"
# ///
"""Brings a wire.py of its own, as a module of what runs it is called."""

import wire


def read_queue_twice(queue_name, messages):
    return wire.answer(messages, [])


def read_log_twice(stream_name, messages):
    return wire.answer(messages, messages)
