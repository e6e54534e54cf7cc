# /// submission
# file = "compare_with_sqs.py"
# ///
"""A reading whose iterator has gone bad takes a new one: one GetRecords is refused, nothing is lost."""


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=message.encode(), PartitionKey="any")

    def from_the_start():
        shard_id = kinesis.list_shards(StreamName=stream_name)["Shards"][0]["ShardId"]
        return kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]

    def read():
        iterator, texts = "gone bad", []
        while True:
            try:
                page = kinesis.get_records(ShardIterator=iterator)
            except kinesis.exceptions.ClientError:
                iterator, texts = from_the_start(), []
                continue
            texts += [record["Data"].decode() for record in page["Records"]]
            if not page["MillisBehindLatest"]:
                return texts
            iterator = page["NextShardIterator"]

    return read(), read()
