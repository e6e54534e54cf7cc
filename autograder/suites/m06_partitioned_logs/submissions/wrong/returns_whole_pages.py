# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/asked_for_ends_within_a_page"]
# ///
"""Stops asking once it has enough, and does not cut the last page."""


def read_from_shard(stream_name, shard_id, max_records=50):
    kinesis = boto3.client("kinesis")
    iterator = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    pairs = []
    while iterator and len(pairs) < max_records:
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=min(max_records, 1000))
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs
