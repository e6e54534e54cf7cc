# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""DescribeStream with ExclusiveStartShardId instead of ListShards, and waiting loops of its own."""


def _status(kinesis, stream_name):
    try:
        return kinesis.describe_stream_summary(StreamName=stream_name)["StreamDescriptionSummary"][
            "StreamStatus"
        ]
    except kinesis.exceptions.ResourceNotFoundException:
        return None


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.Session().client("kinesis")
    if _status(kinesis, stream_name) is None:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    while _status(kinesis, stream_name) != "ACTIVE":
        time.sleep(1)


def get_shard_info(stream_name):
    kinesis = boto3.Session().client("kinesis")
    shards, more, start = [], True, {}
    while more:
        page = kinesis.describe_stream(StreamName=stream_name, **start)["StreamDescription"]
        shards += page["Shards"]
        more = page["HasMoreShards"]
        start = {"ExclusiveStartShardId": shards[-1]["ShardId"]}
    return shards


def delete_stream(stream_name):
    kinesis = boto3.Session().client("kinesis")
    if _status(kinesis, stream_name) is not None:
        kinesis.delete_stream(StreamName=stream_name, EnforceConsumerDeletion=True)
    while _status(kinesis, stream_name) is not None:
        time.sleep(1)
