from kinesis_multi_shard import aws, create_multi_shard_stream


def _take_all(url):
    taken = []
    while got := aws("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=20
    ).get("Messages"):
        for m in got:
            taken.append(m["Body"])
            aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])
    return taken


def read_queue_twice(queue_name, messages):
    url = aws("sqs").create_queue(QueueName=queue_name)["QueueUrl"]
    for text in messages:
        aws("sqs").send_message(QueueUrl=url, MessageBody=text)
    return _take_all(url), _take_all(url)


def _read_all(stream_name):
    shard = aws("kinesis").describe_stream(StreamName=stream_name)["StreamDescription"]["Shards"][0]
    page = {
        "NextShardIterator": aws("kinesis").get_shard_iterator(
            StreamName=stream_name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"],
        "MillisBehindLatest": 1,
        "Records": [],
    }
    texts = []
    while page["Records"] or page["MillisBehindLatest"]:
        page = aws("kinesis").get_records(ShardIterator=page["NextShardIterator"])
        texts += [r["Data"].decode() for r in page["Records"]]
    return texts


def read_log_twice(stream_name, messages):
    create_multi_shard_stream(stream_name, 1)
    for text in messages:
        aws("kinesis").put_record(StreamName=stream_name, Data=text.encode(), PartitionKey="k")
    return _read_all(stream_name), _read_all(stream_name)
