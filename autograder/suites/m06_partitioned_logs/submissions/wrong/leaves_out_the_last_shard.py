# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/every_shard_is_read",
#   "reader/the_shard_listing_is_followed_to_its_end",
#   "reader/closed_shards_are_read_too",
# ]
# ///
"""Counts shards from 1 and so leaves out the last one."""

_read_all = read_all_shards


def read_all_shards(stream_name):
    by_shard = _read_all(stream_name)
    return {shard_id: by_shard[shard_id] for shard_id in sorted(by_shard)[:-1]}
