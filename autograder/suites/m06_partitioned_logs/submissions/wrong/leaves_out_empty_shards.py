# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/every_shard_is_read"]
# ///
"""Names only the shards that hold something."""

_read = read_all_shards


def read_all_shards(stream_name):
    return {shard: pairs for shard, pairs in _read(stream_name).items() if pairs}
