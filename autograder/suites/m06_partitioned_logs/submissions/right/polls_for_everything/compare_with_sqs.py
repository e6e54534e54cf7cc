import time

import boto3

sqs = boto3.client("sqs")
kinesis = boto3.client("kinesis")


def read_queue(url):
    bodies = []
    empty_polls = 0
    while empty_polls < 3:
        response = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        if "Messages" not in response:
            empty_polls += 1
            time.sleep(0.5)
            continue
        empty_polls = 0
        for message in response["Messages"]:
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def read_queue_twice(queue_name, messages):
    try:
        url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)
    first = read_queue(url)
    second = read_queue(url)
    return (first, second)


def read_log(stream_name):
    shard_id = kinesis.list_shards(StreamName=stream_name)["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    texts = []
    empty_polls = 0
    while empty_polls < 3:
        response = kinesis.get_records(ShardIterator=iterator)
        iterator = response["NextShardIterator"]
        if response["Records"]:
            texts.extend([record["Data"].decode("utf-8") for record in response["Records"]])
            empty_polls = 0
        elif response["MillisBehindLatest"] == 0:
            empty_polls += 1
            time.sleep(0.5)
    return texts


def read_log_twice(stream_name, messages):
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    status = ""
    while status != "ACTIVE":
        time.sleep(1)
        status = kinesis.describe_stream(StreamName=stream_name)["StreamDescription"]["StreamStatus"]
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=message.encode("utf-8"), PartitionKey="1")
    return read_log(stream_name), read_log(stream_name)
