from functools import partial

import boto3

from kinesis_multi_shard import client, create_multi_shard_stream, shards_of
from kinesis_read_shards import pages


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def bodies():
        receive = partial(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=1)
        for messages in iter(lambda: receive().get("Messages", ()), ()):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield message["Body"]

    return list(bodies()), list(bodies())


def read_log_twice(stream_name, messages):
    create_multi_shard_stream(stream_name, 1)
    kinesis = client()
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=message.encode(), PartitionKey=stream_name)

    def texts():
        for shard in shards_of(stream_name):
            for records in pages(stream_name, shard["ShardId"], ShardIteratorType="TRIM_HORIZON"):
                yield from (record["Data"].decode() for record in records)

    return list(texts()), list(texts())
