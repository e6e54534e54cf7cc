# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""Polls the status until a deadline, looks streams up by list_streams, and lists shards two at a time."""


def _names(kinesis):
    for page in kinesis.get_paginator("list_streams").paginate():
        yield from page["StreamNames"]


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    if stream_name not in set(_names(kinesis)):
        kinesis.create_stream(
            StreamName=stream_name,
            ShardCount=shard_count,
            StreamModeDetails={"StreamMode": "PROVISIONED"},
        )
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        description = kinesis.describe_stream(StreamName=stream_name, Limit=1)
        if description["StreamDescription"]["StreamStatus"] == "ACTIVE":
            return
        time.sleep(2)
    raise TimeoutError(f"{stream_name} is not ACTIVE after five minutes")


def get_shard_info(stream_name):
    kinesis = boto3.client("kinesis")
    arguments = {"StreamName": stream_name, "MaxResults": 2}
    shards = []
    while arguments:
        page = kinesis.list_shards(**arguments)
        shards.extend(page["Shards"])
        token = page.get("NextToken")
        arguments = {"NextToken": token, "MaxResults": 2} if token else None
    print(f"{len(shards)} shards: {[shard['ShardId'] for shard in shards]}")
    return tuple(shards)


def delete_stream(stream_name):
    kinesis = boto3.client("kinesis")
    if stream_name in set(_names(kinesis)):
        kinesis.delete_stream(StreamName=stream_name)
    while stream_name in set(_names(kinesis)):
        time.sleep(1)
