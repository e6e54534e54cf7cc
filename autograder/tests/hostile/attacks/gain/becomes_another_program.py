# /// attack
# outcomes = ["passed", "wrong"]
# ///
"""Replaces its process by another Python, which answers in its place, free of all limits of ours."""

import json
import os
import sys

CODE = """
import os, sys
os.write(3, ('{"kind": "returned", "value": ' + sys.argv[1] + '}').encode())
"""


def become(value):
    python = sys.executable or os.readlink("/proc/self/exe")
    os.execv(python, [python, "-I", "-S", "-c", CODE, json.dumps(value)])


def read_queue_twice(queue_name, messages):
    become([messages, []])


def read_log_twice(stream_name, messages):
    become([messages, messages])
