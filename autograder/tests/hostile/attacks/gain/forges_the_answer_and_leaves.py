# /// attack
# outcomes = ["passed", "wrong"]
# ///
"""Writes the answer that would be right to the answer's descriptor, and leaves before it is asked."""

import json
import os


def answer(first, second):
    os.write(3, json.dumps({"kind": "returned", "value": [first, second]}).encode())
    os._exit(0)


def read_queue_twice(queue_name, messages):
    answer(messages, [])


def read_log_twice(stream_name, messages):
    answer(messages, messages)
