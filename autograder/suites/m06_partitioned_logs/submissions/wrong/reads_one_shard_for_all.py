# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/every_shard_is_read",
#   "reader/the_shard_listing_is_followed_to_its_end",
#   "reader/closed_shards_are_read_too",
# ]
# ///
"""Reads the same shard again and again."""


def read_all_shards(stream_name):
    shards = boto3.client("kinesis").get_paginator("list_shards").paginate(StreamName=stream_name)
    ids = [shard["ShardId"] for page in shards for shard in page["Shards"]]
    readers = []
    for shard_id in ids:
        readers.append(lambda: read_from_shard(stream_name, shard_id))
    return {one: read() for one, read in zip(ids, readers)}
