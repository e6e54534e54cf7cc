# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/more_asked_for_than_there_is"]
# ///
"""Reads ten pages, however many there are."""


def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    for _ in range(10):
        if not iterator or len(pairs) >= max_records:
            break
        limit = min(max_records - len(pairs), 10_000)
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
