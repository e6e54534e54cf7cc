# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/every_shard_is_read",
#   "reader/the_shard_listing_is_followed_to_its_end",
#   "reader/closed_shards_are_read_too",
# ]
# ///
"""Returns one list for all shards."""

_read = read_all_shards


def read_all_shards(stream_name):
    return [pair for pairs in _read(stream_name).values() for pair in pairs]
