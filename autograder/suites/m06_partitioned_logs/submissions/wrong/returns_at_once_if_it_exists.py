# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/stream_that_somebody_else_creates_is_waited_for"]
# ///
"""Does not wait for a stream that somebody else has just made."""


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    if stream_name in kinesis.list_streams()["StreamNames"]:
        return
    kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
