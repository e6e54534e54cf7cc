# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""No retry of its own: boto3's adaptive mode waits and tries again, for every operation."""

import json
from datetime import datetime, timezone
from functools import cache

import boto3
from botocore.config import Config


@cache
def aws(service):
    retries = {"mode": "adaptive", "total_max_attempts": 20}
    return boto3.client(service, config=Config(retries=retries, max_pool_connections=20))


def create_multi_shard_stream(stream_name, shard_count):
    try:
        aws("kinesis").create_stream(StreamName=stream_name, ShardCount=shard_count)
    except aws("kinesis").exceptions.ResourceInUseException:
        pass
    aws("kinesis").get_waiter("stream_exists").wait(StreamName=stream_name)


def get_shard_info(stream_name):
    answer = aws("kinesis").list_shards(StreamName=stream_name)
    shards = answer.pop("Shards")
    while "NextToken" in answer:
        answer = aws("kinesis").list_shards(NextToken=answer["NextToken"])
        shards += answer.pop("Shards")
    return shards


def send_events_to_shards(stream_name, num_events=30):
    users, actions = "alice bob charlie diana eve".split(), "login view_page click logout".split()
    shard_of = {}
    for n in range(num_events):
        stamp = datetime.now(timezone.utc).isoformat(timespec="seconds")[:19] + "Z"
        event = {"eventId": n, "userId": users[n % 5], "action": actions[n % 4], "timestamp": stamp}
        shard_of[users[n % 5]] = aws("kinesis").put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=users[n % 5]
        )["ShardId"]
    return shard_of


def delete_stream(stream_name):
    try:
        aws("kinesis").delete_stream(StreamName=stream_name)
    except aws("kinesis").exceptions.ResourceNotFoundException:
        pass
    else:
        aws("kinesis").get_waiter("stream_not_exists").wait(StreamName=stream_name)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
