# /// submission
# file = "compare_with_sqs.py"
# fails = ["brokers/log_is_a_stream_with_one_shard"]
# ///
"""Deletes the stream at the end."""


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
        while True:
            page = kinesis.get_records(ShardIterator=iterator)
            texts += [record["Data"].decode() for record in page["Records"]]
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                return texts
            iterator = page["NextShardIterator"]

    result = read(), read()
    kinesis.delete_stream(StreamName=stream_name)
    return result
