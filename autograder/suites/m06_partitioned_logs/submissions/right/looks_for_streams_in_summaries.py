# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""Looks for a stream, and waits for it, in the StreamSummaries of ListStreams."""


def _summary(kinesis, stream_name):
    for page in kinesis.get_paginator("list_streams").paginate():
        for summary in page["StreamSummaries"]:
            if summary["StreamName"] == stream_name:
                return summary
    return None


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    if _summary(kinesis, stream_name) is None:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    while (summary := _summary(kinesis, stream_name))["StreamStatus"] != "ACTIVE":
        print(summary["StreamARN"], "has been", summary["StreamStatus"], "since",
              summary["StreamCreationTimestamp"])  # fmt: skip
        time.sleep(2)


def delete_stream(stream_name):
    kinesis = boto3.client("kinesis")
    if _summary(kinesis, stream_name) is not None:
        kinesis.delete_stream(StreamName=stream_name)
    while _summary(kinesis, stream_name) is not None:
        time.sleep(2)
