# /// submission
# file = "kinesis_read_shards.py"
# fails = ["replay/replay_of_ten_by_default"]
# ///
"""Has another default than the handout."""

_read = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=50):
    return _read(stream_name, shard_id, starting_sequence_number, max_records)
