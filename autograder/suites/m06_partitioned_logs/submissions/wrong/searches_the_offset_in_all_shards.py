# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/an_offset_of_another_shard_is_an_error",
#   "replay/a_shard_that_is_not_there_is_an_error",
# ]
# ///
"""Replays the shard that the offset belongs to, not the one that is given."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    for other in read_all_shards(stream_name):
        try:
            return _replay(stream_name, other, starting_sequence_number, max_records)
        except Exception:
            continue
    return _replay(stream_name, shard_id, starting_sequence_number, max_records)
