# /// script
# dependencies = ["aiobotocore==3.10.0"]
# ///
"""aiobotocore: forty puts together, paginators and waiters, and a long poll during a send."""

import asyncio

from aiobotocore.session import get_session


async def use_stream() -> None:
    """Create a stream, write concurrently, read every shard, delete the stream."""
    async with get_session().create_client("kinesis") as kinesis:
        await kinesis.create_stream(StreamName="aio", ShardCount=3)
        await kinesis.get_waiter("stream_exists").wait(StreamName="aio")
        await asyncio.gather(
            *(
                kinesis.put_record(StreamName="aio", Data=f"{i}".encode(), PartitionKey=f"k{i}")
                for i in range(40)
            )
        )
        found = []
        async for page in kinesis.get_paginator("list_shards").paginate(StreamName="aio"):
            for shard in page["Shards"]:
                start = await kinesis.get_shard_iterator(
                    StreamName="aio", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
                )
                records = await kinesis.get_records(ShardIterator=start["ShardIterator"])
                found += [int(record["Data"]) for record in records["Records"]]
        assert sorted(found) == list(range(40))
        await kinesis.delete_stream(StreamName="aio")
        await kinesis.get_waiter("stream_not_exists").wait(StreamName="aio")


async def use_queue() -> None:
    """Receive in a long poll what is sent meanwhile."""
    async with get_session().create_client("sqs") as sqs:
        url = (await sqs.create_queue(QueueName="aio"))["QueueUrl"]
        received, _ = await asyncio.gather(
            sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10),
            sqs.send_message(QueueUrl=url, MessageBody="meanwhile"),
        )
        assert [message["Body"] for message in received["Messages"]] == ["meanwhile"]
        await sqs.delete_queue(QueueUrl=url)


async def main() -> None:
    """Use both services."""
    await asyncio.gather(use_stream(), use_queue())


asyncio.run(main())
