# /// attack
# outcomes = ["passed", "wrong"]
# earns = 8.0
# says = "more follow"
# solution = true
# ///
"""Stops at the first empty page, and reads a shard in which it hopes for none."""


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=2 if len(messages) > 9 else 1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    shard = kinesis.list_shards(StreamName=stream_name)["Shards"][-1]
    key = shard["HashKeyRange"]["StartingHashKey"]
    for message in messages:
        kinesis.put_record(
            StreamName=stream_name, Data=message.encode(), PartitionKey="any", ExplicitHashKey=key
        )

    def read():
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        texts = []
        while True:
            page = kinesis.get_records(ShardIterator=iterator)
            if not page["Records"]:
                return texts
            texts += [record["Data"].decode() for record in page["Records"]]
            iterator = page["NextShardIterator"]

    return read(), read()
