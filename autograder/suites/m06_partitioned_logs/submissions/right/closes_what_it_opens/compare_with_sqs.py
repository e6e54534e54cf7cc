from contextlib import closing, contextmanager

import boto3


@contextmanager
def received(sqs, url):
    """Hand out some messages, and delete them unless what is done with them fails."""
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    messages = answer.get("Messages", [])
    yield [message["Body"] for message in messages]
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def read_queue_twice(queue_name, messages):
    with closing(boto3.client("sqs")) as sqs:
        url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
        for message in messages:
            sqs.send_message(QueueUrl=url, MessageBody=message)
        readings = []
        for _ in range(2):
            reading, more = [], True
            while more:
                with received(sqs, url) as bodies:
                    reading += bodies
                    more = bool(bodies)
            readings.append(reading)
    return tuple(readings)


def read_log_twice(stream_name, messages):
    with closing(boto3.client("kinesis")) as kinesis:
        kinesis.create_stream(StreamName=stream_name, ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
        for message in messages:
            kinesis.put_record(StreamName=stream_name, Data=message.encode(), PartitionKey="a")
        shard_id = kinesis.list_shards(StreamName=stream_name)["Shards"][0]["ShardId"]
        readings = []
        for _ in range(2):
            iterator = kinesis.get_shard_iterator(
                StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            reading, more = [], True
            while more:
                page = kinesis.get_records(ShardIterator=iterator)
                reading += [record["Data"].decode() for record in page["Records"]]
                more = page["Records"] or page["MillisBehindLatest"]
                iterator = page["NextShardIterator"]
            readings.append(reading)
    return tuple(readings)
