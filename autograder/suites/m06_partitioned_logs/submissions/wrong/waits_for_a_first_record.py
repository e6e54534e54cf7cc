# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/an_empty_shard_is_an_empty_list",
#   "reader/every_shard_is_read",
# ]
# ///
"""Polls until there is a first record."""


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
        if pairs and not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs
