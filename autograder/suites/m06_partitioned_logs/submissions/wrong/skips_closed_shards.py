# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/closed_shards_are_read_too"]
# ///
"""Reads only the shards that are open."""


def read_all_shards(stream_name):
    pages = boto3.client("kinesis").get_paginator("list_shards").paginate(StreamName=stream_name)
    return {
        shard["ShardId"]: read_from_shard(stream_name, shard["ShardId"])
        for page in pages
        for shard in page["Shards"]
        if "EndingSequenceNumber" not in shard["SequenceNumberRange"]
    }
