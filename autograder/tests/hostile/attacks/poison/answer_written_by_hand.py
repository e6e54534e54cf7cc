# /// attack
# outcomes = ["crashed", "killed", "wrong", "missing"]
# says = "raised"
# ///
"""Writes the answer to the grader itself, with as much poison as one may hold."""

import json
import os

EVIL = "\x1b[31m\n::error::`</code><script>@everyone\u202e"


def answer(kind, **more):
    text = json.dumps({"kind": kind, "virtual_seconds": 0, **more}).encode()
    while text:
        text = text[os.write(3, text) :]
    os._exit(0)


def read_queue_twice(queue_name, messages):
    long = (EVIL * 200)[:4096]
    answer(
        "raised",
        type=long,
        bases=[long] * 64,
        message=long,
        code=long,
        frames=[[long, 2**60, long, long]] * 64,
    )


def read_log_twice(stream_name, messages):
    if len(messages) > 11:
        answer("unsendable", where=EVIL * 20, type=EVIL * 20, reason="key")
    answer("missing_function", similar=EVIL * 20)
