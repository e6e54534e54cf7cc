# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Every call of Kinesis goes through a decorator from a module of its own, as with tenacity."""

import json
import os
from datetime import datetime, timezone

import boto3

from retrying import patient, retry, retry_if_code, stop_after_attempt, wait_exponential

kinesis = boto3.client("kinesis", region_name=os.getenv("AWS_DEFAULT_REGION", "us-east-1"))
USERS = ["alice", "bob", "charlie", "diana", "eve"]
ACTIONS = ["login", "view_page", "click", "logout"]


class NotThereYet(Exception):
    response = {"Error": {"Code": "NotThereYet"}}


@retry(
    stop=stop_after_attempt(60),
    wait=wait_exponential(multiplier=0.5, maximum=5),
    when=retry_if_code("NotThereYet"),
)
def wait_until(stream_name, wanted):
    try:
        summary = kinesis.describe_stream_summary(StreamName=stream_name)
        status = summary["StreamDescriptionSummary"]["StreamStatus"]
    except kinesis.exceptions.ResourceNotFoundException:
        status = "DELETED"
    if status != wanted:
        raise NotThereYet(status)


@patient
def create_multi_shard_stream(stream_name, shard_count):
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis.exceptions.ResourceInUseException:
        pass
    wait_until(stream_name, "ACTIVE")


@patient
def get_shard_info(stream_name):
    shards = []
    arguments = {"StreamName": stream_name}
    while arguments:
        page = kinesis.list_shards(**arguments)
        shards.extend(page["Shards"])
        arguments = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}
    return shards


@patient
def put(stream_name, event):
    return kinesis.put_record(
        StreamName=stream_name,
        Data=json.dumps(event).encode("ascii"),
        PartitionKey=event["userId"],
    )["ShardId"]


def send_events_to_shards(stream_name, num_events=30):
    shards = {}
    for number in range(num_events):
        event = {
            "eventId": number,
            "userId": USERS[number % len(USERS)],
            "action": ACTIONS[number % len(ACTIONS)],
            "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        shards[event["userId"]] = put(stream_name, event)
    print("attempts of the last record:", put.statistics.get("attempts", 1))
    return shards


@patient
def delete_stream(stream_name):
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        return
    wait_until(stream_name, "DELETED")


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
