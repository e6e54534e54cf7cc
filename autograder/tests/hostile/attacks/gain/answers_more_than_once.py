# /// attack
# outcomes = ["killed"]
# says = "ended the whole Python process"
# ///
"""Answers, forks, and answers again from both processes, in the hope that one of them counts."""

import json
import os


def read_queue_twice(queue_name, messages):
    for second in ([], messages):
        os.write(3, json.dumps({"kind": "returned", "value": [messages, second]}).encode() + b"\n")
    os.fork()
    return messages, []


def read_log_twice(stream_name, messages):
    os.fork()
    os.fork()
    return read_queue_twice(stream_name, messages)
