# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/no_more_than_asked_for",
#   "reader/asked_for_ends_within_a_page",
#   "reader/fifty_by_default",
# ]
# ///
"""Keeps the newest records where fewer are asked for than there are."""

_read = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=50):
    pairs = _read(stream_name, shard_id, 1_000_000)
    return pairs[len(pairs) - max_records :] if len(pairs) > max_records else pairs
