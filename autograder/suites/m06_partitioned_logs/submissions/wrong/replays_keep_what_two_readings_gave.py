# /// submission
# file = "kinesis_read_shards.py"
# fails = ["replay/each_replay_reads_the_log_anew"]
# ///
"""Reads twice at the first replay, and returns that for ever."""

import functools


def read_twice(replay):
    def replay_twice(*arguments, **named):
        replay(*arguments, **named)
        return replay(*arguments, **named)

    return replay_twice


replay_from_offset = functools.cache(read_twice(replay_from_offset))
