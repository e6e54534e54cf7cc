# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""A pool for everything: futures for each user here, processes for the shards in the reader."""

import concurrent.futures
import json
import os
import time
from datetime import datetime, timezone

import boto3
from botocore.exceptions import ClientError, WaiterError

USERS = ("alice", "bob", "charlie", "diana", "eve")
ACTIONS = ("login", "view_page", "click", "logout")
WORKERS = min(5, os.cpu_count() or 1)


def make_client():
    # clients are not to be shared between processes
    return boto3.session.Session().client("kinesis")


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = make_client()
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except ClientError as e:
        if e.response["Error"]["Code"] != "ResourceInUseException":
            raise
    waiter = kinesis.get_waiter("stream_exists")
    try:
        waiter.wait(StreamName=stream_name, WaiterConfig={"Delay": 3, "MaxAttempts": 60})
    except WaiterError as e:
        raise RuntimeError(f"{stream_name} did not become active: {e}") from e


def get_shard_info(stream_name):
    kinesis = make_client()
    result = kinesis.get_paginator("describe_stream").paginate(StreamName=stream_name)
    return result.build_full_result()["StreamDescription"]["Shards"]


def _send_user(args):
    stream_name, user, numbers = args
    kinesis = make_client()
    shard_id = None
    for number in numbers:
        event = {
            "eventId": number,
            "userId": user,
            "action": ACTIONS[number % len(ACTIONS)],
            "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        attempt = 0
        while True:
            try:
                resp = kinesis.put_record(
                    StreamName=stream_name, Data=json.dumps(event), PartitionKey=user
                )
                break
            except kinesis.exceptions.ProvisionedThroughputExceededException:
                attempt += 1
                time.sleep(min(0.1 * 2**attempt, 3))
        shard_id = resp["ShardId"]
    return user, shard_id


def send_events_to_shards(stream_name, num_events=30):
    jobs = []
    for position, user in enumerate(USERS):
        numbers = list(range(position, num_events, len(USERS)))
        if numbers:
            jobs.append((stream_name, user, numbers))
    mapping = {}
    with concurrent.futures.ThreadPoolExecutor(
        max_workers=WORKERS, thread_name_prefix="sender"
    ) as executor:
        futures = {executor.submit(_send_user, job): job for job in jobs}
        for future in concurrent.futures.as_completed(futures):
            user, shard_id = future.result()
            mapping[user] = shard_id
    return mapping


def delete_stream(stream_name):
    kinesis = make_client()
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        return
    kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
