# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/the_shard_listing_is_followed_to_its_end"]
# ///
"""Takes the first page of the listing for all of it."""


def read_all_shards(stream_name):
    shards = boto3.client("kinesis").list_shards(StreamName=stream_name)["Shards"]
    return {shard["ShardId"]: read_from_shard(stream_name, shard["ShardId"]) for shard in shards}
