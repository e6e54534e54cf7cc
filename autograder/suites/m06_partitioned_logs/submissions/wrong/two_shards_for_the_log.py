# /// submission
# file = "compare_with_sqs.py"
# fails = [
#   "brokers/log_is_read_twice_the_same",
#   "brokers/log_is_a_stream_with_one_shard",
#   "brokers/equal_messages_and_any_text",
# ]
# ///
"""Spreads the log over two shards, each message with a key of its own."""


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=2)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for number, message in enumerate(messages):
        kinesis.put_record(
            StreamName=stream_name, Data=message.encode(), PartitionKey=f"key-{number}"
        )

    def read():
        texts = []
        for shard in kinesis.list_shards(StreamName=stream_name)["Shards"]:
            iterator = kinesis.get_shard_iterator(
                StreamName=stream_name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while True:
                page = kinesis.get_records(ShardIterator=iterator)
                texts += [record["Data"].decode() for record in page["Records"]]
                if not page["Records"] and page["MillisBehindLatest"] == 0:
                    break
                iterator = page["NextShardIterator"]
        return texts

    return read(), read()
