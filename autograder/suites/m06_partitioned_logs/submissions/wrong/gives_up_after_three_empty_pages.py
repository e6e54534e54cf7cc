# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/several_empty_pages_are_not_the_end"]
# ///
"""Takes three empty pages in a row for the end."""


def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    empty = 0
    while iterator and len(pairs) < max_records:
        limit = min(max_records - len(pairs), 10_000)
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        empty = 0 if page["Records"] else empty + 1
        if empty == 3 or (empty and page["MillisBehindLatest"] == 0):
            break
        iterator = page.get("NextShardIterator")
    return pairs
