# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/shard_info_follows_all_pages"]
# ///
"""Overwrites each page with the next one."""


def get_shard_info(stream_name):
    shards = []
    for page in (
        boto3.client("kinesis").get_paginator("list_shards").paginate(StreamName=stream_name)
    ):
        shards = page["Shards"]
    return shards
