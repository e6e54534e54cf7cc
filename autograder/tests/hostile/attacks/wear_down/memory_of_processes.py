# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["out_of_memory", "missing", "unimplemented"]
# says = "including the processes"
# ///
"""Has many processes, each of which holds nearly what a single one may have."""

import os
import select


def send_events_to_shards(stream_name, num_events=30):
    raise NotImplementedError


def get_shard_info(stream_name):
    held = None
    for _ in range(10):
        if os.fork() == 0:
            held = bytearray(b"x") * (700 << 20)
            select.poll().poll()
    select.poll().poll()
