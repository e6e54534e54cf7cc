# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/replay_starts_with_the_record_at_the_offset",
#   "replay/replay_from_the_last_record",
#   "replay/an_offset_that_is_no_number_is_an_error",
#   "replay/an_offset_of_another_shard_is_an_error",
# ]
# ///
"""Starts at the oldest record, whatever the offset."""


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    kinesis = boto3.client("kinesis")
    iterator = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    pairs = []
    while iterator and len(pairs) < max_records:
        limit = max_records - len(pairs)
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
