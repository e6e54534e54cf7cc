import multiprocessing.pool

import boto3

from kinesis_multi_shard import make_client


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    with multiprocessing.pool.ThreadPool(4) as pool:
        pool.map(lambda body: sqs.send_message(QueueUrl=url, MessageBody=body), messages)

    def take_all():
        bodies = []
        while True:
            got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            if "Messages" not in got:
                return bodies
            bodies.extend(m["Body"] for m in got["Messages"])
            for m in got["Messages"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])

    return take_all(), take_all()


def _read_log(stream_name):
    kinesis = make_client()
    shard_id = kinesis.list_shards(StreamName=stream_name)["Shards"][0]["ShardId"]
    it = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    texts = []
    while True:
        got = kinesis.get_records(ShardIterator=it)
        texts.extend(r["Data"].decode("utf-8") for r in got["Records"])
        if not got["Records"] and got["MillisBehindLatest"] == 0:
            return texts
        it = got["NextShardIterator"]


def read_log_twice(stream_name, messages):
    kinesis = make_client()
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for body in messages:
        kinesis.put_record(StreamName=stream_name, Data=body.encode("utf-8"), PartitionKey="a")
    with multiprocessing.Pool(2) as pool:
        first, second = pool.map(_read_log, [stream_name, stream_name])
    return first, second
