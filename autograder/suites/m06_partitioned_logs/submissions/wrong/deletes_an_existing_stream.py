# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/existing_stream_is_left_alone"]
# ///
"""Makes room for the new stream by deleting the old one, records and all."""


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    delete_stream(stream_name)
    kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
