# /// submission
# file = "compare_with_sqs.py"
# fails = [
#   "brokers/log_is_read_twice_the_same",
#   "brokers/log_is_a_stream_with_one_shard",
#   "brokers/equal_messages_and_any_text",
# ]
# ///
"""Sends the last message first."""


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for message in reversed(messages):
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

    return read(), read()
