# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/replay_of_so_many_records",
#   "replay/replay_of_one_record",
# ]
# ///
"""Does not cut the last page."""


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    kinesis = boto3.client("kinesis")
    iterator = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )["ShardIterator"]
    pairs = []
    while iterator and len(pairs) < max_records:
        limit = max(max_records, 4)
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs
