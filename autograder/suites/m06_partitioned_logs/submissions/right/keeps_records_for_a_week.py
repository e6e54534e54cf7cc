# /// submission
# file = "compare_with_sqs.py"
# ///
"""Raises the retention period of the log to a week, and encrypts it."""


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    is_active = kinesis.get_waiter("stream_exists")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    is_active.wait(StreamName=stream_name)
    kinesis.increase_stream_retention_period(StreamName=stream_name, RetentionPeriodHours=168)
    is_active.wait(StreamName=stream_name)
    kinesis.start_stream_encryption(
        StreamName=stream_name, EncryptionType="KMS", KeyId="alias/aws/kinesis"
    )
    is_active.wait(StreamName=stream_name)
    described = kinesis.describe_stream(StreamName=stream_name)["StreamDescription"]
    assert (described["RetentionPeriodHours"], described["EncryptionType"]) == (168, "KMS")
    before = {}
    for message in messages:
        answer = kinesis.put_record(
            StreamName=stream_name, Data=message.encode(), PartitionKey="any", **before
        )
        before = {"SequenceNumberForOrdering": answer["SequenceNumber"]}

    def read():
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name,
            ShardId=described["Shards"][0]["ShardId"],
            ShardIteratorType="AT_TIMESTAMP",
            Timestamp=described["StreamCreationTimestamp"],
        )["ShardIterator"]
        texts = []
        while True:
            page = kinesis.get_records(ShardIterator=iterator)
            texts += [record["Data"].decode() for record in page["Records"]]
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                return texts
            iterator = page["NextShardIterator"]

    return read(), read()
