# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["passed", "wrong", "crashed"]
# earns = 17.0
# says = "raised ProvisionedThroughputExceededException"
# ///
"""Handles no fault: uses up throttles and rejections first, where they do no harm.

It sends everything to a stream of its own, and requests that Kinesis refuses to the one it was
given.
"""

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
    records = []
    for number in range(num_events):
        event = {
            "eventId": number,
            "userId": USERS[number % 5],
            "action": ACTIONS[number % 4],
            "timestamp": datetime.now(UTC).replace(tzinfo=None).isoformat() + "Z",
        }
        records.append({"Data": json.dumps(event).encode(), "PartitionKey": event["userId"]})
    batches = [records[start : start + 500] for start in range(0, len(records), 500)]
    burn(kinesis, stream_name, batches)
    users = {}
    for batch in batches:
        answer = kinesis.put_records(StreamName=stream_name, Records=batch)
        for record, result in zip(batch, answer["Records"]):
            users[record["PartitionKey"]] = result.get("ShardId")
    return users


def burn(kinesis, stream_name, batches):
    kinesis.create_stream(StreamName="scratch", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="scratch")
    for _ in range(12):
        for batch in batches:
            spoilt = [*batch[:499], {**batch[0], "ExplicitHashKey": str(1 << 128)}]
            for target, records in (("scratch", batch), (stream_name, spoilt)):
                try:
                    kinesis.put_records(StreamName=target, Records=records)
                except ClientError:
                    pass
