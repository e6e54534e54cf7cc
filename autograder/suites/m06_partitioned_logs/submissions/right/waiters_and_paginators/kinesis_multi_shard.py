# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Whatever boto3 has a waiter or paginator for; a waiter of its own for the rest."""

import json
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.waiter import WaiterModel, create_waiter_with_client

CONFIG = Config(
    region_name="us-east-1",
    connect_timeout=5,
    read_timeout=30,
    retries={"max_attempts": 20, "mode": "legacy"},
    user_agent_extra="module-6",
)

STREAM_ACTIVE = WaiterModel(
    {
        "version": 2,
        "waiters": {
            "StreamActive": {
                "operation": "DescribeStreamSummary",
                "delay": 2,
                "maxAttempts": 100,
                "acceptors": [
                    {
                        "expected": "ACTIVE",
                        "matcher": "path",
                        "state": "success",
                        "argument": "StreamDescriptionSummary.StreamStatus",
                    },
                    {
                        "expected": "DELETING",
                        "matcher": "path",
                        "state": "failure",
                        "argument": "StreamDescriptionSummary.StreamStatus",
                    },
                ],
            }
        },
    }
)


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis", config=CONFIG)
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis.exceptions.ResourceInUseException:
        pass
    waiter = create_waiter_with_client("StreamActive", STREAM_ACTIVE, kinesis)
    waiter.wait(StreamName=stream_name)


def get_shard_info(stream_name):
    kinesis = boto3.client("kinesis", config=CONFIG)
    pages = kinesis.get_paginator("describe_stream").paginate(
        StreamName=stream_name, PaginationConfig={"PageSize": 100}
    )
    return list(pages.search("StreamDescription.Shards[]"))


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis", config=CONFIG)
    users = ["alice", "bob", "charlie", "diana", "eve"]
    actions = ["login", "view_page", "click", "logout"]
    user_to_shard = {}
    for event_id in range(num_events):
        user = users[event_id % len(users)]
        event = {
            "eventId": event_id,
            "userId": user,
            "action": actions[event_id % len(actions)],
            "timestamp": f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%S.%fZ}",
        }
        response = kinesis.put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=user
        )
        user_to_shard.setdefault(user, response["ShardId"])
    return user_to_shard


def delete_stream(stream_name):
    kinesis = boto3.client("kinesis", config=CONFIG)
    if stream_name in kinesis.get_paginator("list_streams").paginate().search("StreamNames[]"):
        kinesis.delete_stream(StreamName=stream_name)
        kinesis.get_waiter("stream_not_exists").wait(
            StreamName=stream_name, WaiterConfig=dict(Delay=1, MaxAttempts=300)
        )


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
