# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/fifty_by_default"]
# ///
"""Has another default than the handout."""

_read = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=100):
    return _read(stream_name, shard_id, max_records)
