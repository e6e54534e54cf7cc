# /// attack
# outcomes = ["killed", "wrong"]
# says = ""
# ///
"""Answers with NaN, endless numbers, keys that stand twice, halves of characters and deep nests."""

import os

VALUES = [
    "NaN",
    "-Infinity",
    "1e999",
    "9" * 5000,
    '{"a": 1, "a": 2}',
    r'"\ud800"',
    r'{"\udfff": 1}',
    "[" * 100_000 + "]" * 100_000,
    "[" * 60 + "]" * 60,
    "[" * 5000,
]


def read_queue_twice(queue_name, messages):
    value = VALUES[sum(map(ord, queue_name)) % len(VALUES)]
    answer = f'{{"kind": "returned", "value": [{value}, []]}}'.encode()
    while answer:
        answer = answer[os.write(3, answer) :]
    os._exit(0)


def read_log_twice(stream_name, messages):
    kinds = ['{"kind": "passed"}', '{"kind": []}', "[]", "null", '{"kind": "stopped", "x": NaN}']
    os.write(3, kinds[sum(map(ord, stream_name)) % len(kinds)].encode())
    os._exit(0)
