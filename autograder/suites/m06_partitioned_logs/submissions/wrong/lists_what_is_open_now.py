# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/shard_info_has_closed_shards_too"]
# ///
"""Asks for the shards that are open at present (AT_LATEST)."""


def get_shard_info(stream_name):
    paginator = boto3.client("kinesis").get_paginator("list_shards")
    pages = paginator.paginate(StreamName=stream_name, ShardFilter={"Type": "AT_LATEST"})
    return [shard for page in pages for shard in page["Shards"]]
