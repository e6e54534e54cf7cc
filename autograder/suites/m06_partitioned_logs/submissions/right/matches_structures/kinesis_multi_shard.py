# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""match for states, answers and errors."""

import json
import time
from datetime import datetime, timezone

import boto3
from botocore.exceptions import ClientError

kinesis = boto3.client("kinesis")


def state(stream_name):
    try:
        match kinesis.describe_stream(StreamName=stream_name):
            case {"StreamDescription": {"StreamStatus": status}}:
                return status
            case other:
                raise ValueError(f"not a description: {other}")
    except ClientError as error:
        match error.response:
            case {"Error": {"Code": "ResourceNotFoundException"}}:
                return "ABSENT"
            case _:
                raise


def create_multi_shard_stream(stream_name, shard_count):
    while True:
        match state(stream_name):
            case "ABSENT":
                kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
            case "ACTIVE":
                return
            case "CREATING" | "UPDATING" | "DELETING" as busy:
                print(f"{stream_name} is {busy}")
                time.sleep(1)


def get_shard_info(stream_name):
    shards = []
    request = {"StreamName": stream_name}
    while request:
        match kinesis.list_shards(**request):
            case {"Shards": page, "NextToken": str(token)}:
                shards += page
                request = {"NextToken": token}
            case {"Shards": page}:
                shards += page
                request = None
    return shards


def user_and_action(number):
    match number % 5:
        case 0:
            user = "alice"
        case 1:
            user = "bob"
        case 2:
            user = "charlie"
        case 3:
            user = "diana"
        case 4:
            user = "eve"
    match divmod(number, 4):
        case (_, 0):
            action = "login"
        case (_, 1):
            action = "view_page"
        case (_, 2):
            action = "click"
        case (_, 3):
            action = "logout"
    return user, action


def put(stream_name, event):
    while True:
        try:
            match kinesis.put_record(
                StreamName=stream_name, Data=json.dumps(event), PartitionKey=event["userId"]
            ):
                case {"ShardId": shard_id}:
                    return shard_id
        except ClientError as error:
            match error.response["Error"]:
                case {"Code": "ProvisionedThroughputExceededException"}:
                    time.sleep(0.3)
                case _:
                    raise


def send_events_to_shards(stream_name, num_events=30):
    places = {}
    for number in range(num_events):
        user, action = user_and_action(number)
        stamp = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        event = {"eventId": number, "userId": user, "action": action, "timestamp": stamp}
        places[user] = put(stream_name, event)
    return places


def delete_stream(stream_name):
    while True:
        match state(stream_name):
            case "ABSENT":
                return
            case "DELETING":
                time.sleep(1)
            case _:
                kinesis.delete_stream(StreamName=stream_name)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
