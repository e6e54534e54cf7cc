# /// submission
# file = "compare_with_sqs.py"
# ///
"""PutRecords in chunks, keys of all kinds, and two readers at the same time."""

from concurrent.futures import ThreadPoolExecutor


def read_log_twice(stream_name, messages):
    session = boto3.session.Session()
    kinesis = session.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    waiting = [
        {"Data": text.encode("utf-8"), "PartitionKey": str(number)}
        for number, text in enumerate(messages)
    ]
    for record in waiting:
        kinesis.put_records(StreamName=stream_name, Records=[record])
    stream = kinesis.describe_stream(StreamName=stream_name)["StreamDescription"]

    def read(_):
        client = boto3.client("kinesis")
        iterator = client.get_shard_iterator(
            StreamARN=stream["StreamARN"],
            ShardId=stream["Shards"][0]["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        texts = []
        while len(texts) < len(messages):
            page = client.get_records(ShardIterator=iterator, Limit=3)
            texts.extend(record["Data"].decode("utf-8") for record in page["Records"])
            iterator = page["NextShardIterator"]
        return texts

    with ThreadPoolExecutor(2) as readers:
        first, second = readers.map(read, range(2))
    return first, second
