# /// submission
# file = "compare_with_sqs.py"
# ///
"""Registers a consumer with enhanced fan-out, waits for it, and still reads with GetRecords."""


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    summary = kinesis.describe_stream_summary(StreamName=stream_name)["StreamDescriptionSummary"]
    arn = summary["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="twice")["Consumer"]
    while consumer["ConsumerStatus"] != "ACTIVE":
        time.sleep(1)
        consumer = kinesis.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"])[
            "ConsumerDescription"
        ]
    names = [
        found["ConsumerName"]
        for page in kinesis.get_paginator("list_stream_consumers").paginate(StreamARN=arn)
        for found in page["Consumers"]
    ]
    assert names == ["twice"]
    for message in messages:
        kinesis.put_record(StreamARN=arn, Data=message.encode(), PartitionKey="any")

    def read():
        iterator = kinesis.get_shard_iterator(
            StreamARN=arn, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        texts = []
        while True:
            page = kinesis.get_records(StreamARN=arn, ShardIterator=iterator)
            texts += [record["Data"].decode() for record in page["Records"]]
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                return texts
            iterator = page["NextShardIterator"]

    readings = read(), read()
    kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="twice")
    return readings
