import asyncio

import boto3


async def drain(sqs, url):
    bodies = []
    while True:
        answer = await asyncio.to_thread(
            sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        messages = answer.get("Messages", [])
        if not messages:
            return bodies
        bodies += [message["Body"] for message in messages]
        await asyncio.gather(
            *(
                asyncio.to_thread(
                    sqs.delete_message, QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                )
                for message in messages
            )
        )


async def queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = (await asyncio.to_thread(sqs.create_queue, QueueName=queue_name))["QueueUrl"]
    sending = [
        asyncio.to_thread(sqs.send_message, QueueUrl=url, MessageBody=message)
        for message in messages
    ]
    await asyncio.gather(*sending)
    return await drain(sqs, url), await drain(sqs, url)


def read_queue_twice(queue_name, messages):
    return asyncio.run(queue_twice(queue_name, messages))


async def read(kinesis, stream_name):
    answer = await asyncio.to_thread(kinesis.list_shards, StreamName=stream_name)
    answer = await asyncio.to_thread(
        kinesis.get_shard_iterator,
        StreamName=stream_name,
        ShardId=answer["Shards"][0]["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )
    texts, iterator = [], answer["ShardIterator"]
    while True:
        page = await asyncio.to_thread(kinesis.get_records, ShardIterator=iterator)
        texts += [record["Data"].decode() for record in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            return texts
        iterator = page["NextShardIterator"]
        await asyncio.sleep(0.2)


async def log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    await asyncio.to_thread(kinesis.create_stream, StreamName=stream_name, ShardCount=1)
    await asyncio.to_thread(kinesis.get_waiter("stream_exists").wait, StreamName=stream_name)
    for message in messages:
        await asyncio.to_thread(
            kinesis.put_record, StreamName=stream_name, Data=message.encode(), PartitionKey="k"
        )
    return tuple(await asyncio.gather(read(kinesis, stream_name), read(kinesis, stream_name)))


def read_log_twice(stream_name, messages):
    return asyncio.run(log_twice(stream_name, messages))
