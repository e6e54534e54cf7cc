# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/an_offset_that_is_no_number_is_an_error",
#   "replay/an_offset_of_another_shard_is_an_error",
# ]
# ///
"""Reads from the start where Kinesis rejects the offset."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    try:
        return _replay(stream_name, shard_id, starting_sequence_number, max_records)
    except Exception:
        return read_from_shard(stream_name, shard_id, max_records)
