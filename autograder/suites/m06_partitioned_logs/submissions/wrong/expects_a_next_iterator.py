# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/a_closed_shard_is_read_to_its_end",
#   "reader/closed_shards_are_read_too",
#   "replay/replay_of_a_closed_shard_ends",
# ]
# ///
"""Takes it for granted that there is a next iterator."""


def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    while iterator and len(pairs) < max_records:
        limit = min(max_records - len(pairs), 10_000)
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page["NextShardIterator"]
    return pairs
