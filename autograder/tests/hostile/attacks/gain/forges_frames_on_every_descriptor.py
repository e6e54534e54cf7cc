# /// attack
# outcomes = ["killed"]
# says = "ended the whole Python process"
# ///
"""Writes the runner's frames, plain and huge, to every descriptor, as if the call had gone well."""

import json
import os
import struct

REPORT = {
    "reason": None,
    "imported": True,
    "signal": 0,
    "exit_code": 0,
    "cpu_seconds": 0.0,
    "printed_bytes": 0,
}


def read_queue_twice(queue_name, messages):
    answer = json.dumps({"kind": "returned", "value": [messages, []]}).encode()
    report = json.dumps(REPORT).encode()
    frames = b"".join(struct.pack(">I", len(one)) + one for one in (report, answer))
    for descriptor in range(256):
        for forged in (frames, frames * 2, report, struct.pack(">I", 0xFFFFFFFF), b"\0" * 9):
            try:
                os.write(descriptor, forged)
            except OSError:
                break
    return messages, []


def read_log_twice(stream_name, messages):
    read_queue_twice(stream_name, messages)
    return messages, messages
