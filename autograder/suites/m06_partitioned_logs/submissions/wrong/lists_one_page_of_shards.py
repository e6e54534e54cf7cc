# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/shard_info_follows_all_pages"]
# ///
"""Takes the first page of the listing for all of it."""


def get_shard_info(stream_name):
    return boto3.client("kinesis").list_shards(StreamName=stream_name)["Shards"]
