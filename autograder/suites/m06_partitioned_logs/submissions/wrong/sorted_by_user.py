# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/oldest_records_come_first",
#   "reader/pages_are_joined_in_order",
# ]
# ///
"""Sorts the events by their user."""

_read = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=50):
    return sorted(_read(stream_name, shard_id, max_records), key=lambda pair: pair[1]["userId"])
