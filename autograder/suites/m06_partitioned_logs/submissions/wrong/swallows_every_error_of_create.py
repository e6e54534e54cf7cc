# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/stream_that_somebody_else_creates_is_waited_for"]
# ///
"""Takes any error of CreateStream for a reason to return."""


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
        kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    except Exception:
        print("exists already")
