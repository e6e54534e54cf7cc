# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/throttled_reads_lose_and_double_nothing",
#   "replay/a_throttled_replay_goes_on",
# ]
# ///
"""Takes a throttled read for the end."""


def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    while iterator and len(pairs) < max_records:
        try:
            page = kinesis.get_records(
                ShardIterator=iterator, Limit=min(max_records - len(pairs), 10_000)
            )
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            return pairs
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs
