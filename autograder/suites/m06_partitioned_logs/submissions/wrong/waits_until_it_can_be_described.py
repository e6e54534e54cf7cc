# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/create_returns_once_active",
#   "writer/stream_that_somebody_else_creates_is_waited_for",
# ]
# ///
"""Takes a stream that DescribeStream knows for one that is ACTIVE."""


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis.exceptions.ResourceInUseException:
        pass
    while True:
        try:
            kinesis.describe_stream(StreamName=stream_name)
            return
        except kinesis.exceptions.ResourceNotFoundException:
            time.sleep(1)
