# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/replay_from_the_last_record",
# ]
# ///
"""Takes the newest offset for caught up, and so for nothing to replay."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    pairs = _replay(stream_name, shard_id, starting_sequence_number, max_records)
    if max_records > 1 and len(pairs) == 1:
        return []
    return pairs
