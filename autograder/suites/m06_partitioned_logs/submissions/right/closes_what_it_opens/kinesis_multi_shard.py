# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Context managers for clients, timing and errors that may be ignored; ExitStack in the reader."""

import contextlib
import json
import time
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timezone

import boto3


@contextmanager
def kinesis_client(**options):
    client = boto3.Session().client("kinesis", **options)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def timed(what):
    start = time.perf_counter()
    try:
        yield
    finally:
        print(f"{what}: {time.perf_counter() - start:.3f} s")


def create_multi_shard_stream(stream_name, shard_count):
    with timed("create"), kinesis_client() as kinesis:
        with suppress(kinesis.exceptions.ResourceInUseException):
            kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
        kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)


def get_shard_info(stream_name):
    with kinesis_client() as kinesis:
        pages = kinesis.get_paginator("describe_stream").paginate(StreamName=stream_name)
        return sum((page["StreamDescription"]["Shards"] for page in pages), [])


class Sender(contextlib.AbstractContextManager):
    """Collects where each user's records went."""

    def __init__(self, kinesis, stream_name):
        self.kinesis, self.stream_name = kinesis, stream_name
        self.places = {}

    def __exit__(self, kind, error, trace):
        print(f"{len(self.places)} users", "before it failed" if error else "")

    def put(self, user, data):
        while user:
            with suppress(self.kinesis.exceptions.ProvisionedThroughputExceededException):
                answer = self.kinesis.put_record(
                    StreamName=self.stream_name, Data=data, PartitionKey=user
                )
                self.places[user] = answer["ShardId"]
                return
            time.sleep(0.5)


def send_events_to_shards(stream_name, num_events=30):
    users = ["alice", "bob", "charlie", "diana", "eve"]
    actions = ["login", "view_page", "click", "logout"]
    with closing(boto3.client("kinesis")) as kinesis, Sender(kinesis, stream_name) as sender:
        for number in range(num_events):
            user = users[number % len(users)]
            event = {"eventId": number, "userId": user, "action": actions[number % len(actions)]}
            event |= {"timestamp": datetime.now(timezone.utc).isoformat()[:-6] + "Z"}
            sender.put(user, json.dumps(event))
    return sender.places


def delete_stream(stream_name):
    with kinesis_client() as kinesis, suppress(kinesis.exceptions.ResourceNotFoundException):
        kinesis.delete_stream(StreamName=stream_name)
        kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
