# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""The three files import each other; what two of them need stands where it was first written."""

import json
import time
from datetime import datetime, timezone
from itertools import cycle

import boto3

kinesis = boto3.client("kinesis")
throttled = kinesis.exceptions.ProvisionedThroughputExceededException
missing = kinesis.exceptions.ResourceNotFoundException


def patiently(operation, **arguments):
    """Call an operation of Kinesis until it is not throttled."""
    while True:
        try:
            return operation(**arguments)
        except throttled:
            time.sleep(0.5)


def shard_ids(stream_name):
    return [shard["ShardId"] for shard in get_shard_info(stream_name)]


def create_multi_shard_stream(stream_name, shard_count):
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis.exceptions.ResourceInUseException as in_use:
        print(in_use)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)


def get_shard_info(stream_name):
    shards, page = [], {"HasMoreShards": True}
    while page["HasMoreShards"]:
        after = {"ExclusiveStartShardId": shards[-1]["ShardId"]} if shards else {}
        page = kinesis.describe_stream(StreamName=stream_name, **after)["StreamDescription"]
        shards += page["Shards"]
    return shards


def put(stream_name, key, data):
    return patiently(kinesis.put_record, StreamName=stream_name, PartitionKey=key, Data=data)


def send_events_to_shards(stream_name, num_events=30):
    users = cycle(["alice", "bob", "charlie", "diana", "eve"])
    actions = cycle(["login", "view_page", "click", "logout"])
    places = {}
    for number, user, action in zip(range(num_events), users, actions):
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        event = dict(eventId=number, userId=user, action=action, timestamp=now.isoformat() + "Z")
        places[user] = put(stream_name, user, json.dumps(event))["ShardId"]
    return places


def delete_stream(stream_name):
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except missing:
        return
    kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)


def main():
    import kinesis_read_shards

    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
    kinesis_read_shards.main()


if __name__ == "__main__":
    main()
