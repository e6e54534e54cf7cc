# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/shard_info_returns_the_descriptions",
#   "writer/shard_info_follows_all_pages",
#   "writer/shard_info_has_closed_shards_too",
# ]
# ///
"""Prints the overview and forgets to return it."""


def get_shard_info(stream_name):
    paginator = boto3.client("kinesis").get_paginator("list_shards")
    for page in paginator.paginate(StreamName=stream_name):
        for shard in page["Shards"]:
            print(shard["ShardId"], shard["HashKeyRange"])
