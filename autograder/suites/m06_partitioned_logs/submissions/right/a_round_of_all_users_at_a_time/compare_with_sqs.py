"""Batches for the queue as well; what failed in a batch is sent again."""

import time
import uuid

import boto3


def in_batches(items, size=10):
    for start in range(0, len(items), size):
        yield items[start : start + size]


def until_all_done(call, entries):
    while entries:
        response = call(entries)
        failed = {failure["Id"] for failure in response.get("Failed", [])}
        entries = [entry for entry in entries if entry["Id"] in failed]
        if entries:
            time.sleep(0.5)


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for batch in in_batches(messages):
        until_all_done(
            lambda entries: sqs.send_message_batch(QueueUrl=url, Entries=entries),
            [{"Id": str(uuid.uuid4()), "MessageBody": body} for body in batch],
        )

    def receive_and_delete():
        received = []
        while True:
            response = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=30
            )
            messages = response.get("Messages", [])
            if not messages:
                return received
            received.extend(message["Body"] for message in messages)
            until_all_done(
                lambda entries: sqs.delete_message_batch(QueueUrl=url, Entries=entries),
                [
                    {"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]}
                    for i, message in enumerate(messages)
                ],
            )

    return receive_and_delete(), receive_and_delete()


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    previous = None
    for message in messages:
        # one at a time, each told to come after the one before
        more = {} if previous is None else {"SequenceNumberForOrdering": previous}
        previous = kinesis.put_record(
            StreamName=stream_name, Data=message.encode("utf-8"), PartitionKey="log", **more
        )["SequenceNumber"]

    def read_everything():
        shard = kinesis.list_shards(StreamName=stream_name)["Shards"][0]
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name,
            ShardId=shard["ShardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=shard["SequenceNumberRange"]["StartingSequenceNumber"],
        )["ShardIterator"]
        texts = []
        caught_up = False
        while not caught_up:
            page = kinesis.get_records(ShardIterator=iterator, Limit=100)
            texts.extend(record["Data"].decode("utf-8") for record in page["Records"])
            caught_up = not page["Records"] and page["MillisBehindLatest"] == 0
            iterator = page["NextShardIterator"]
        return texts

    return read_everything(), read_everything()
