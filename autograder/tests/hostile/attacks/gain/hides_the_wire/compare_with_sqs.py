# /// attack
# outcomes = ["refused"]
# says = "its name hides the module `wire`"
# ///
"""Brings a wire.py of its own, to be imported in the place of the real one."""

import wire


def read_queue_twice(queue_name, messages):
    return wire.answer(messages, [])


def read_log_twice(stream_name, messages):
    return wire.answer(messages, messages)
