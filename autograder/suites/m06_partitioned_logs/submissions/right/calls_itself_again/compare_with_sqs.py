import boto3

from kinesis_multi_shard import client, create_multi_shard_stream, get_shard_info

sqs = boto3.client("sqs")


def drain(url):
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    messages = received.get("Messages", [])
    return [take(url, message) for message in messages] + (drain(url) if messages else [])


def take(url, message):
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return message["Body"]


def read_queue_twice(queue_name, messages):
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    [sqs.send_message(QueueUrl=url, MessageBody=message) for message in messages]
    return drain(url), drain(url)


def read_on(iterator):
    page = client.get_records(ShardIterator=iterator)
    if not page["Records"] and not page["MillisBehindLatest"]:
        return []
    texts = [record["Data"].decode() for record in page["Records"]]
    return texts + read_on(page["NextShardIterator"])


def read(stream_name):
    answer = client.get_shard_iterator(
        StreamName=stream_name,
        ShardId=get_shard_info(stream_name)[0]["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )
    return read_on(answer["ShardIterator"])


def read_log_twice(stream_name, messages):
    create_multi_shard_stream(stream_name, 1)
    [
        client.put_record(StreamName=stream_name, Data=message.encode(), PartitionKey="x")
        for message in messages
    ]
    return read(stream_name), read(stream_name)
