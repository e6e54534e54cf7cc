# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/a_closed_shard_is_read_to_its_end",
#   "reader/a_closed_shard_without_records_ends",
# ]
# ///
"""Goes on in the children where a closed shard ends."""

_read = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=50):
    pairs = _read(stream_name, shard_id, max_records)
    for shard in boto3.client("kinesis").list_shards(StreamName=stream_name)["Shards"]:
        if shard.get("ParentShardId") == shard_id:
            pairs += read_from_shard(stream_name, shard["ShardId"], max_records - len(pairs))
    return pairs
