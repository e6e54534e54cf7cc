# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Thin files over a package with a subpackage, relative imports, and a folder without __init__.py."""

import json

import streaming.aws.shards
from common.settings import STREAM
from make_event import make_event
from streaming import kinesis, wait_until_active


def create_multi_shard_stream(stream_name, shard_count):
    try:
        kinesis().create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis().exceptions.ResourceInUseException:
        pass
    wait_until_active(stream_name)


def get_shard_info(stream_name):
    return list(streaming.aws.shards.all_shards(stream_name))


def send_events_to_shards(stream_name, num_events=30):
    shards = {}
    for event in map(make_event, range(num_events)):
        answer = kinesis().put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=event["userId"]
        )
        shards[event["userId"]] = answer["ShardId"]
    return shards


def delete_stream(stream_name):
    try:
        kinesis().delete_stream(StreamName=stream_name)
    except kinesis().exceptions.ResourceNotFoundException:
        return
    kinesis().get_waiter("stream_not_exists").wait(StreamName=stream_name)


if __name__ == "__main__":
    create_multi_shard_stream(STREAM, 4)
    print(send_events_to_shards(STREAM))
