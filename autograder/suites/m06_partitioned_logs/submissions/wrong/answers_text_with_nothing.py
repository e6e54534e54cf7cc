# /// submission
# file = "kinesis_read_shards.py"
# fails = ["replay/an_offset_that_is_no_number_is_an_error"]
# ///
"""Returns an empty list for an offset that is no number."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    if not starting_sequence_number.isdigit():
        return []
    return _replay(stream_name, shard_id, starting_sequence_number, max_records)
