# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/shard_info_follows_all_pages"]
# ///
"""Follows NextToken once, not until there is none."""


def get_shard_info(stream_name):
    kinesis = boto3.client("kinesis")
    page = kinesis.list_shards(StreamName=stream_name)
    shards = page["Shards"]
    if "NextToken" in page:
        shards += kinesis.list_shards(NextToken=page["NextToken"])["Shards"]
    return shards
