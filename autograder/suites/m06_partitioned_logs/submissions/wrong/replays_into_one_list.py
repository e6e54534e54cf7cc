# /// submission
# file = "kinesis_read_shards.py"
# fails = ["replay/each_replay_reads_the_log_anew"]
# ///
"""Collects the pairs of every call in one list of the module."""

_replay = replay_from_offset
_collected = []


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    _collected.extend(_replay(stream_name, shard_id, starting_sequence_number, max_records))
    return _collected
