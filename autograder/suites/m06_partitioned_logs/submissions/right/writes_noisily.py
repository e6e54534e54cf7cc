# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""Prints and logs all the time."""

import logging

logging.basicConfig(level=logging.INFO)
_send, _info = send_events_to_shards, get_shard_info


def send_events_to_shards(stream_name, num_events=30):
    logging.info("sending %d events to %s", num_events, stream_name)
    mapping = _send(stream_name, num_events)
    for user in USERS:
        print(f"\x1b[1m{user}\x1b[0m -> {mapping.get(user, '(nothing)')}  ✓")
    return mapping


def get_shard_info(stream_name):
    shards = _info(stream_name)
    print("=" * 60, *shards, sep="\n")
    return shards
