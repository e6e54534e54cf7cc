# /// attack
# file = "compare_with_sqs.py"
# outcomes = ["passed", "wrong", "crashed"]
# earns = 2.0
# says = "did not come from the queue called"
# ///
"""Handles neither small receives nor empty pages: works on a queue and a stream of its own.

No fault strikes there. It makes those that it was asked for as well, and fills the stream.
"""

import boto3


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName=queue_name)
    url = sqs.create_queue(QueueName=queue_name + "-mine")["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def read():
        bodies = []
        for _ in range(len(messages) // 10 + 1):
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    return read(), read()


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    mine = stream_name + "-mine"
    for name in (stream_name, mine):
        kinesis.create_stream(StreamName=name, ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName=name)
        for message in messages:
            kinesis.put_record(StreamName=name, Data=message.encode(), PartitionKey="any")

    def read():
        iterator = kinesis.get_shard_iterator(
            StreamName=mine, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        texts = []
        while True:
            page = kinesis.get_records(ShardIterator=iterator)
            if not page["Records"]:
                return texts
            texts += [record["Data"].decode() for record in page["Records"]]
            iterator = page["NextShardIterator"]

    return read(), read()
