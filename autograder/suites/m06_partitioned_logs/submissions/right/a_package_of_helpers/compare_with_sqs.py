from common.decoding import as_text
from streaming import Cursor, all_shards, kinesis, sqs, wait_until_active


def read_queue_twice(queue_name, messages):
    url = sqs().create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs().send_message(QueueUrl=url, MessageBody=message)
    return list(consumed(url)), list(consumed(url))


def consumed(url):
    while received := sqs().receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"):
        for message in received:
            yield message["Body"]
            sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def read_log_twice(stream_name, messages):
    kinesis().create_stream(StreamName=stream_name, ShardCount=1)
    wait_until_active(stream_name)
    for message in messages:
        kinesis().put_record(StreamName=stream_name, Data=message.encode(), PartitionKey="-")
    shard_id = next(all_shards(stream_name))["ShardId"]
    first, second = (list(map(as_text, Cursor(stream_name, shard_id))) for _ in range(2))
    return first, second
