# /// submission
# file = "compare_with_sqs.py"
# fails = ["brokers/log_is_read_twice_the_same"]
# ///
"""Takes an empty page for the end of the log."""


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=message.encode(), PartitionKey="any")
    shard_id = kinesis.list_shards(StreamName=stream_name)["Shards"][0]["ShardId"]

    def read():
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        texts = []
        while page := kinesis.get_records(ShardIterator=iterator):
            if not page["Records"]:
                return texts
            texts += [record["Data"].decode() for record in page["Records"]]
            iterator = page["NextShardIterator"]

    return read(), read()
