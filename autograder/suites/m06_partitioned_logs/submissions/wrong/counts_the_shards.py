# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/shard_info_returns_the_descriptions",
#   "writer/shard_info_follows_all_pages",
#   "writer/shard_info_has_closed_shards_too",
# ]
# ///
"""Returns how many shards there are."""

_describe = get_shard_info


def get_shard_info(stream_name):
    return len(_describe(stream_name))
