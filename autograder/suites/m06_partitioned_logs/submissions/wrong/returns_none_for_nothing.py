# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/an_empty_shard_is_an_empty_list",
#   "reader/a_closed_shard_without_records_ends",
#   "reader/none_asked_for",
# ]
# ///
"""Returns None where there is nothing to return."""

_read = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=50):
    return _read(stream_name, shard_id, max_records) or None
