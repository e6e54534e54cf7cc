from kinesis_multi_shard import create_multi_shard_stream, get_client, get_shard_info, safe_call


def read_queue(url):
    sqs = get_client("sqs")
    bodies = []
    while True:
        answer = safe_call(
            sqs, "receive_message", QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        if not answer.get("Messages"):
            return bodies
        for message in answer["Messages"]:
            bodies.append(message["Body"])
        entries = [
            {"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]}
            for i, message in enumerate(answer["Messages"])
        ]
        safe_call(sqs, "delete_message_batch", QueueUrl=url, Entries=entries)


def read_queue_twice(queue_name, messages):
    sqs = get_client("sqs")
    url = safe_call(sqs, "create_queue", QueueName=queue_name)["QueueUrl"]
    for message in messages:
        safe_call(sqs, "send_message", QueueUrl=url, MessageBody=message)
    return [read_queue(url), read_queue(url)]


def read_log(stream_name):
    kinesis = get_client()
    texts = []
    shard = get_shard_info(stream_name)[0]
    iterator = safe_call(
        kinesis,
        "get_shard_iterator",
        StreamName=stream_name,
        ShardId=shard["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    while True:
        answer = safe_call(kinesis, "get_records", ShardIterator=iterator)
        texts.extend(record["Data"].decode("utf-8") for record in answer["Records"])
        if not answer["Records"] and answer["MillisBehindLatest"] == 0:
            return texts
        iterator = answer["NextShardIterator"]


def read_log_twice(stream_name, messages):
    create_multi_shard_stream(stream_name, 1)
    kinesis = get_client()
    for message in messages:
        safe_call(kinesis, "put_record", StreamName=stream_name, Data=message.encode(), PartitionKey="0")
    return [read_log(stream_name), read_log(stream_name)]
