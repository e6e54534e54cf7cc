# /// attack
# outcomes = ["passed", "wrong"]
# ///
"""Replaces json, and the modules that carry its answer, so that they say what would be right."""

import json
import sys

RIGHT = {}
real_dumps = json.dumps


def forged(message, *args, **kwargs):
    if isinstance(message, dict) and "kind" in message:
        message = {"kind": "returned", "value": RIGHT["value"], "outcome": "passed", "score": 10}
    return real_dumps(message)


json.dumps = forged
for name in ("values", "wire", "child", "virtual_clock", "runner", "__main__"):
    module = sys.modules.get(name)
    for function in ("plain", "read_result", "_report", "_sweep", "receive_frame"):
        if hasattr(module, function):
            setattr(module, function, lambda *args: RIGHT["value"])
    if hasattr(module, "Runner"):
        module.Runner._report = lambda *args: {"reason": None}
        module.Runner._sweep = lambda *args: None


def read_queue_twice(queue_name, messages):
    RIGHT["value"] = [messages, []]
    raise AssertionError


def read_log_twice(stream_name, messages):
    RIGHT["value"] = [messages, messages]
    raise AssertionError
