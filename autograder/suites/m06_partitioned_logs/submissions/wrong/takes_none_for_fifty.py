# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/none_asked_for"]
# ///
"""Cannot tell 0 from nothing given."""

_read = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=None):
    return _read(stream_name, shard_id, max_records or 50)
