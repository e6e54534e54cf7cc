# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Coroutines all the way: boto3 in threads, a task for each user, asyncio's sleep as back-off."""

import asyncio
import json
from datetime import datetime, timezone
from functools import partial

import boto3
from botocore.exceptions import ClientError

USERS = ["alice", "bob", "charlie", "diana", "eve"]
ACTIONS = ["login", "view_page", "click", "logout"]


async def call(method, **arguments):
    """Run a blocking boto3 call without blocking the loop."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, partial(method, **arguments))


async def status_of(kinesis, stream_name):
    try:
        answer = await call(kinesis.describe_stream_summary, StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        return None
    return answer["StreamDescriptionSummary"]["StreamStatus"]


async def wait_for(kinesis, stream_name, wanted):
    async with asyncio.timeout(300):
        while await status_of(kinesis, stream_name) != wanted:
            await asyncio.sleep(1)


async def create(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    if await status_of(kinesis, stream_name) is None:
        await call(kinesis.create_stream, StreamName=stream_name, ShardCount=shard_count)
    await wait_for(kinesis, stream_name, "ACTIVE")


def create_multi_shard_stream(stream_name, shard_count):
    asyncio.run(create(stream_name, shard_count))


async def describe(stream_name):
    kinesis = boto3.client("kinesis")
    answer = await call(kinesis.list_shards, StreamName=stream_name)
    shards = answer["Shards"]
    while token := answer.get("NextToken"):
        answer = await call(kinesis.list_shards, NextToken=token)
        shards += answer["Shards"]
    return shards


def get_shard_info(stream_name):
    return asyncio.run(describe(stream_name))


async def put(kinesis, stream_name, event, slots):
    pause = 0.1
    while True:
        try:
            async with slots:
                return await call(
                    kinesis.put_record,
                    StreamName=stream_name,
                    Data=json.dumps(event).encode(),
                    PartitionKey=event["userId"],
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ProvisionedThroughputExceededException":
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, 5)


async def send_all_of(kinesis, stream_name, user, num_events, slots):
    shard_id = None
    for number in range(num_events):
        if USERS[number % len(USERS)] != user:
            continue
        event = {
            "eventId": number,
            "userId": user,
            "action": ACTIONS[number % len(ACTIONS)],
            "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        shard_id = (await put(kinesis, stream_name, event, slots))["ShardId"]
    return user, shard_id


async def send(stream_name, num_events):
    kinesis = boto3.client("kinesis")
    slots = asyncio.Semaphore(4)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(send_all_of(kinesis, stream_name, user, num_events, slots))
            for user in USERS
        ]
    return {user: shard for user, shard in map(asyncio.Task.result, tasks) if shard}


def send_events_to_shards(stream_name, num_events=30):
    try:
        return asyncio.run(send(stream_name, num_events))
    except* ClientError as group:
        raise group.exceptions[0]


async def delete(stream_name):
    kinesis = boto3.client("kinesis")
    try:
        await call(kinesis.delete_stream, StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        return
    await wait_for(kinesis, stream_name, None)


def delete_stream(stream_name):
    asyncio.run(delete(stream_name))


async def main():
    await create("iot-sensor-data", 4)
    print(await describe("iot-sensor-data"))
    print(await send("iot-sensor-data", 30))


if __name__ == "__main__":
    asyncio.run(main())
