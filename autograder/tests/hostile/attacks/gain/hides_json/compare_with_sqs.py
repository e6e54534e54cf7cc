# /// attack
# outcomes = ["refused"]
# says = "its name hides Python's module `json`"
# ///
"""Brings a json.py of its own, to be imported in the place of the real one."""

import json


def read_queue_twice(queue_name, messages):
    return json.answer(messages, [])


def read_log_twice(stream_name, messages):
    return json.answer(messages, messages)
