"""Two consumers share a queue; a log is read by two at the same time, and each has everything."""

import threading

import boto3


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def consume(bodies):
        client = boto3.session.Session().client("sqs")
        while True:
            answer = client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            if not answer.get("Messages"):
                return
            for message in answer["Messages"]:
                bodies.append(message["Body"])
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def drain():
        bodies = []
        consumers = [threading.Thread(target=consume, args=(bodies,)) for _ in range(2)]
        for consumer in consumers:
            consumer.start()
        for consumer in consumers:
            consumer.join()
        return bodies

    return drain(), drain()


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=message.encode("utf8"), PartitionKey="p")
    shard_id = kinesis.list_shards(StreamName=stream_name)["Shards"][0]["ShardId"]
    barrier = threading.Barrier(2)

    def read(texts):
        barrier.wait(timeout=30)
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while True:
            page = kinesis.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                texts.append(record["Data"].decode("utf8"))
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                return
            iterator = page["NextShardIterator"]

    results = ([], [])
    readers = [threading.Thread(target=read, args=(texts,)) for texts in results]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return results
