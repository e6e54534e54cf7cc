# /// submission
# file = "kinesis_read_shards.py"
# fails = ["replay/a_throttled_replay_goes_on"]
# ///
"""Lets throttling fail the replay."""


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
        limit = max_records - len(pairs)
        page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs
