# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Generators that feed each other; what is returned is made by list() and dict() at the end."""

import json
import time
from datetime import datetime, timezone
from itertools import count, cycle, islice

import boto3


def client():
    return boto3.client("kinesis")


def statuses(kinesis, stream_name):
    """Yield the stream's status for ever; None once there is no such stream."""
    while True:
        try:
            description = kinesis.describe_stream(StreamName=stream_name, Limit=1)
            yield description["StreamDescription"]["StreamStatus"]
        except kinesis.exceptions.ResourceNotFoundException:
            yield None
        time.sleep(1)


def until(wanted, values):
    return next(value for value in values if value == wanted)


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = client()
    if next(statuses(kinesis, stream_name)) is None:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    until("ACTIVE", statuses(kinesis, stream_name))


def shards_of(stream_name):
    kinesis = client()
    page = kinesis.list_shards(StreamName=stream_name, MaxResults=100)
    yield from page["Shards"]
    while (token := page.get("NextToken")) is not None:
        page = kinesis.list_shards(NextToken=token, MaxResults=100)
        yield from page["Shards"]


def get_shard_info(stream_name):
    return [*shards_of(stream_name)]


def events():
    users = cycle(["alice", "bob", "charlie", "diana", "eve"])
    actions = cycle(["login", "view_page", "click", "logout"])
    for number, user, action in zip(count(), users, actions):
        yield {
            "eventId": number,
            "userId": user,
            "action": action,
            "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }


def sent(kinesis, stream_name, stream_of_events):
    for event in stream_of_events:
        while True:
            try:
                answer = kinesis.put_record(
                    StreamName=stream_name,
                    Data=json.dumps(event, indent=2),
                    PartitionKey=event["userId"],
                )
            except kinesis.exceptions.ProvisionedThroughputExceededException:
                time.sleep(0.4)
            else:
                yield event["userId"], answer["ShardId"]
                break


def send_events_to_shards(stream_name, num_events=30):
    return dict(sent(client(), stream_name, islice(events(), num_events)))


def delete_stream(stream_name):
    kinesis = client()
    if next(statuses(kinesis, stream_name)) is not None:
        kinesis.delete_stream(StreamName=stream_name)
        until(None, statuses(kinesis, stream_name))


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    for user, shard in send_events_to_shards("iot-sensor-data").items():
        print(user, shard)
