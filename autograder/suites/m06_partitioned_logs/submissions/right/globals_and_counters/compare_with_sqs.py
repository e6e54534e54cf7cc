from boto3 import *
from time import *

q = client("sqs")
k = client("kinesis")
texts = []


def read_queue(url):
    global texts
    texts = []
    empty = False
    while empty == False:
        answer = q.receive_message(QueueUrl = url, WaitTimeSeconds = 1)
        if "Messages" in answer:
            message = answer["Messages"][0]
            texts.append(message["Body"])
            q.delete_message(QueueUrl = url, ReceiptHandle = message["ReceiptHandle"])
        else:
            empty = True


def read_queue_twice(queue_name, messages):
    q.create_queue(QueueName = queue_name)
    url = q.get_queue_url(QueueName = queue_name)["QueueUrl"]
    i = 0
    while i < len(messages):
        q.send_message(QueueUrl = url, MessageBody = messages[i])
        i = i + 1
    read_queue(url)
    first = texts
    read_queue(url)
    second = texts
    return first, second


def read_log(stream_name):
    global texts
    texts = []
    shard = k.describe_stream(StreamName = stream_name)["StreamDescription"]["Shards"][0]["ShardId"]
    it = k.get_shard_iterator(
        StreamName = stream_name, ShardId = shard, ShardIteratorType = "TRIM_HORIZON"
    )["ShardIterator"]
    finished = False
    while finished == False:
        answer = k.get_records(ShardIterator = it)
        it = answer["NextShardIterator"]
        if len(answer["Records"]) == 0 and answer["MillisBehindLatest"] == 0:
            finished = True
        for record in answer["Records"]:
            texts.append(record["Data"].decode())


def read_log_twice(stream_name, messages):
    k.create_stream(StreamName = stream_name, ShardCount = 1)
    while (
        k.describe_stream(StreamName = stream_name)["StreamDescription"]["StreamStatus"] != "ACTIVE"
    ):
        sleep(1)
    for m in messages:
        k.put_record(StreamName = stream_name, Data = m.encode(), PartitionKey = "1")
    read_log(stream_name)
    first = texts
    read_log(stream_name)
    second = texts
    return first, second
