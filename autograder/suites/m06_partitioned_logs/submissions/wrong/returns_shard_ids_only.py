# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/shard_info_returns_the_descriptions"]
# ///
"""Returns the names of the shards instead of their descriptions."""

_describe = get_shard_info


def get_shard_info(stream_name):
    return [shard["ShardId"] for shard in _describe(stream_name)]
