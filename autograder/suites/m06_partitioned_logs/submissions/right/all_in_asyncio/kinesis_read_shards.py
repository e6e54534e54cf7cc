"""An async generator for each shard; all shards are gathered."""

import asyncio
import json

import boto3

from kinesis_multi_shard import call, describe


async def records(kinesis, stream_name, shard_id, **start):
    answer = await asyncio.to_thread(
        kinesis.get_shard_iterator, StreamName=stream_name, ShardId=shard_id, **start
    )
    iterator = answer["ShardIterator"]
    while iterator:
        try:
            page = await asyncio.to_thread(kinesis.get_records, ShardIterator=iterator, Limit=100)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            await asyncio.sleep(0.5)
            continue
        for record in page["Records"]:
            yield record["SequenceNumber"], json.loads(record["Data"])
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            return
        iterator = page.get("NextShardIterator")


async def take(source, count):
    pairs = []
    async for pair in source:
        if len(pairs) >= count:
            break
        pairs.append(pair)
    return pairs


async def read(stream_name, shard_id, count=50):
    kinesis = boto3.client("kinesis")
    return await take(records(kinesis, stream_name, shard_id, ShardIteratorType="TRIM_HORIZON"), count)


def read_from_shard(stream_name, shard_id, max_records=50):
    return asyncio.run(read(stream_name, shard_id, max_records))


async def read_all(stream_name):
    ids = [shard["ShardId"] for shard in await describe(stream_name)]
    return dict(zip(ids, await asyncio.gather(*(read(stream_name, shard_id) for shard_id in ids))))


def read_all_shards(stream_name):
    return asyncio.run(read_all(stream_name))


async def replay(stream_name, shard_id, offset, count):
    source = records(
        boto3.client("kinesis"),
        stream_name,
        shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=offset,
    )
    return await take(source, count)


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(
            replay(stream_name, shard_id, starting_sequence_number, max_records)
        )
    finally:
        loop.close()


if __name__ == "__main__":
    print(read_all_shards("iot-sensor-data"))
