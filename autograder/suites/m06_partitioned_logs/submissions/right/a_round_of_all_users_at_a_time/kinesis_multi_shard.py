# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""PutRecords with the next event of each user; who was refused keeps his place in the next round."""

import json
import time
from collections import defaultdict, deque
from datetime import datetime, timezone

import boto3
import botocore.exceptions

USERS = ["alice", "bob", "charlie", "diana", "eve"]
ACTIONS = ["login", "view_page", "click", "logout"]


class PartialFailure(Exception):
    pass


def create_multi_shard_stream(stream_name, shard_count):
    client = boto3.client("kinesis")
    try:
        client.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except client.exceptions.ResourceInUseException:
        ...
    finally:
        client.get_waiter("stream_exists").wait(StreamName=stream_name)


def get_shard_info(stream_name):
    client = boto3.client("kinesis")
    shards = []
    start = {}
    while True:
        description = client.describe_stream(StreamName=stream_name, **start)["StreamDescription"]
        shards.extend(description["Shards"])
        if description["HasMoreShards"] is False:
            return shards
        start["ExclusiveStartShardId"] = description["Shards"][-1]["ShardId"]


def build_queues(num_events):
    queues = defaultdict(deque)
    for i in range(num_events):
        user = USERS[i % len(USERS)]
        event = {
            "eventId": i,
            "userId": user,
            "action": ACTIONS[i % len(ACTIONS)],
            "timestamp": datetime.now(tz=timezone.utc).isoformat().replace("+00:00", "Z"),
        }
        queues[user].append({"Data": json.dumps(event).encode("utf-8"), "PartitionKey": user})
    return queues


def send_round(client, stream_name, queues):
    """Send the head of each queue, and remove those that arrived. Returns {user: shard id}."""
    heads = [queue[0] for queue in queues.values() if queue]
    try:
        response = client.put_records(StreamName=stream_name, Records=heads)
    except botocore.exceptions.ClientError as e:
        if e.response["Error"]["Code"] == "ProvisionedThroughputExceededException":
            return {}
        raise
    arrived = {}
    for record, result in zip(heads, response["Records"], strict=True):
        if "ErrorCode" not in result:
            user = record["PartitionKey"]
            queues[user].popleft()
            arrived[user] = result["ShardId"]
    assert len(heads) - len(arrived) == response["FailedRecordCount"]
    return arrived


def send_events_to_shards(stream_name, num_events=30):
    client = boto3.client("kinesis")
    queues = build_queues(num_events)
    user_to_shard = {}
    rounds_without_success = 0
    while any(queues.values()):
        arrived = send_round(client, stream_name, queues)
        user_to_shard.update(arrived)
        if arrived:
            rounds_without_success = 0
        else:
            rounds_without_success += 1
            if rounds_without_success > 30:
                raise PartialFailure({user: len(queue) for user, queue in queues.items()})
            time.sleep(0.1 * 1.5**rounds_without_success)
    return user_to_shard


def delete_stream(stream_name):
    client = boto3.client("kinesis")
    try:
        client.delete_stream(StreamName=stream_name)
    except client.exceptions.ResourceNotFoundException:
        return
    client.get_waiter("stream_not_exists").wait(StreamName=stream_name)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
