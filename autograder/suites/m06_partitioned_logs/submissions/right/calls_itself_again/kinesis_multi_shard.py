# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Functions that call themselves in place of loops, as in a course on Scheme."""

import json
import sys
import time
from datetime import datetime, timezone

import boto3

sys.setrecursionlimit(10_000)
client = boto3.client("kinesis")
USERS = ["alice", "bob", "charlie", "diana", "eve"]
ACTIONS = ["login", "view_page", "click", "logout"]


def wait_for(condition, pause=0.5):
    if condition():
        return
    time.sleep(pause)
    wait_for(condition, min(pause * 2, 8))


def status(stream_name):
    try:
        answer = client.describe_stream_summary(StreamName=stream_name)
        return answer["StreamDescriptionSummary"]["StreamStatus"]
    except client.exceptions.ResourceNotFoundException:
        return None


def create_multi_shard_stream(stream_name, shard_count):
    if status(stream_name) is None:
        client.create_stream(StreamName=stream_name, ShardCount=shard_count)
    wait_for(lambda: status(stream_name) == "ACTIVE")


def get_shard_info(stream_name, token=None):
    answer = client.list_shards(**({"NextToken": token} if token else {"StreamName": stream_name}))
    if "NextToken" not in answer:
        return answer["Shards"]
    return answer["Shards"] + get_shard_info(stream_name, answer["NextToken"])


def put(stream_name, event, patience=12):
    try:
        return client.put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=event["userId"]
        )["ShardId"]
    except client.exceptions.ProvisionedThroughputExceededException:
        if patience == 0:
            raise
        time.sleep(4 / patience)
        return put(stream_name, event, patience - 1)


def send_from(stream_name, number, num_events):
    if number >= num_events:
        return {}
    event = {
        "eventId": number,
        "userId": USERS[number % 5],
        "action": ACTIONS[number % 4],
        "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    here = {event["userId"]: put(stream_name, event)}
    return send_from(stream_name, number + 1, num_events) | here


def send_events_to_shards(stream_name, num_events=30):
    return send_from(stream_name, 0, num_events)


def delete_stream(stream_name):
    if status(stream_name) is not None:
        client.delete_stream(StreamName=stream_name)
        wait_for(lambda: status(stream_name) is None)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
