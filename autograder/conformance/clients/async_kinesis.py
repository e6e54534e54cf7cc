# /// script
# dependencies = ["async-kinesis==3.0.1", "boto3"]
# ///
"""async-kinesis: a producer that creates its stream, and a consumer of all shards."""

import asyncio
import os

import boto3
from kinesis import Consumer, Producer


async def main() -> None:
    """Write 30 records and read them."""
    options = {
        "endpoint_url": os.environ["AWS_ENDPOINT_URL"],
        "region_name": os.environ["AWS_DEFAULT_REGION"],
    }
    async with Producer(
        "async-kinesis", create_stream=True, create_stream_shards=2, buffer_time=0.1, **options
    ) as producer:
        for number in range(30):
            await producer.put({"number": number})
        await producer.flush()
    found = []
    async with Consumer("async-kinesis", sleep_time_no_records=0.1, **options) as consumer:
        async for record in consumer:
            found.append(record["number"])
            if len(found) == 30:
                break
    assert sorted(found) == list(range(30))


asyncio.run(main())
kinesis = boto3.client("kinesis")
kinesis.delete_stream(StreamName="async-kinesis")
kinesis.get_waiter("stream_not_exists").wait(StreamName="async-kinesis")
