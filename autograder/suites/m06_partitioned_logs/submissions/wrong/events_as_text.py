# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/sequence_numbers_and_events_are_as_kinesis_has_them",
#   "replay/replay_returns_pairs_as_reading_does",
# ]
# ///
"""Leaves the events undecoded."""


def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    while iterator and len(pairs) < max_records:
        limit = min(max_records - len(pairs), 10_000)
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        pairs += [(one["SequenceNumber"], one["Data"].decode()) for one in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs
