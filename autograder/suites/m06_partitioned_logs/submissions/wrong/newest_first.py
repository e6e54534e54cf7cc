# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/oldest_records_come_first",
#   "reader/pages_are_joined_in_order",
# ]
# ///
"""Returns the newest record first."""

_read = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=50):
    return list(reversed(_read(stream_name, shard_id, max_records)))
