# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/throttled_reads_lose_and_double_nothing",
#   "replay/a_throttled_replay_goes_on",
# ]
# ///
"""Reads from the start again after a throttled call, and keeps what it had."""


def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    start = iterator
    while iterator and len(pairs) < max_records:
        limit = min(max_records - len(pairs), 10_000)
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            iterator = start
            continue
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs
