import sys

import boto3

import kinesis_read_shards  # the reader imports this file as well: nothing of it is used at import
from kinesis_multi_shard import create_multi_shard_stream, kinesis, patiently, put, shard_ids

EVERYTHING = sys.maxsize


def records_from(iterator, max_records=EVERYTHING):
    """Return the raw records from an iterator on."""
    records = []
    while iterator is not None and len(records) < max_records:
        limit = min(max_records - len(records), 10_000)
        page = patiently(kinesis.get_records, ShardIterator=iterator, Limit=limit)
        records.extend(page["Records"])
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return records


def read_queue_twice(queue_name, messages):
    queue = boto3.resource("sqs").create_queue(QueueName=queue_name)
    for message in messages:
        queue.send_message(MessageBody=message)

    def empty():
        bodies = []
        while received := queue.receive_messages(MaxNumberOfMessages=10, WaitTimeSeconds=1):
            for message in received:
                bodies.append(message.body)
                message.delete()
        return bodies

    return empty(), empty()


def read_log_twice(stream_name, messages):
    create_multi_shard_stream(stream_name, 1)
    for message in messages:
        put(stream_name, "the only shard", message.encode())
    (shard_id,) = shard_ids(stream_name)

    def read():
        start = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )
        return [record["Data"].decode() for record in records_from(start["ShardIterator"])]

    return read(), read()


if __name__ == "__main__":
    kinesis_read_shards.main()
