# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/an_offset_that_is_no_number_is_an_error",
#   "replay/an_offset_of_another_shard_is_an_error",
# ]
# ///
"""Reads the whole shard and keeps what is not before the offset: no offset is ever rejected."""


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    pairs = read_from_shard(stream_name, shard_id, 1_000)
    return [pair for pair in pairs if pair[0] >= starting_sequence_number][:max_records]
