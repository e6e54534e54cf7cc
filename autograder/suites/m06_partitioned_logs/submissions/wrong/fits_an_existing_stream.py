# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/existing_stream_is_left_alone"]
# ///
"""Splits the shards of an existing stream until there are as many as asked for."""

_create = create_multi_shard_stream


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    _create(stream_name, shard_count)
    while len(shards := kinesis.list_shards(StreamName=stream_name)["Shards"]) < shard_count:
        keys = shards[-1]["HashKeyRange"]
        middle = (int(keys["StartingHashKey"]) + int(keys["EndingHashKey"])) // 2
        kinesis.split_shard(
            StreamName=stream_name,
            ShardToSplit=shards[-1]["ShardId"],
            NewStartingHashKey=str(middle),
        )
        kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
