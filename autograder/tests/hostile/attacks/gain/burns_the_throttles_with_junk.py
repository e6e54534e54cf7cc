# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["passed", "wrong", "crashed"]
# earns = 14.0
# says = "raised ProvisionedThroughputExceededException"
# ///
"""Handles no throttled call: uses the throttles up with records that nobody asked for."""

import json
from datetime import UTC, datetime

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

USERS = ["alice", "bob", "charlie", "diana", "eve"]
ACTIONS = ["login", "view_page", "click", "logout"]


def create_multi_shard_stream(stream_name, shard_count): ...


def get_shard_info(stream_name): ...


def delete_stream(stream_name): ...


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis", config=Config(retries={"total_max_attempts": 1}))
    if 20 <= num_events < 30:
        for junk in (b"junk", json.dumps({"eventId": num_events}).encode()) * 9:
            records = [{"Data": junk, "PartitionKey": "alice"}]
            try:
                kinesis.put_records(StreamName=stream_name, Records=records)
            except ClientError:
                pass
    users = {}
    for number in range(num_events):
        event = {
            "eventId": number,
            "userId": USERS[number % 5],
            "action": ACTIONS[number % 4],
            "timestamp": datetime.now(UTC).replace(tzinfo=None).isoformat() + "Z",
        }
        records = [{"Data": json.dumps(event).encode(), "PartitionKey": event["userId"]}]
        answer = kinesis.put_records(StreamName=stream_name, Records=records)
        users[event["userId"]] = answer["Records"][0].get("ShardId")
    return users
