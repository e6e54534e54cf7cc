# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/every_shard_is_read"]
# ///
"""Returns a list of shards instead of a dict."""

_read = read_all_shards


def read_all_shards(stream_name):
    return list(_read(stream_name).items())
