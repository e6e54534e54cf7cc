# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/more_asked_for_than_there_is"]
# ///
"""Asks for more records than a page may hold."""


def follow_iterator(kinesis, iterator, max_records):
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
