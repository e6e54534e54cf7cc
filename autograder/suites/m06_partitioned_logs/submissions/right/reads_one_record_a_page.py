# /// submission
# file = "kinesis_read_shards.py"
# ///
"""The smallest pages there are."""


def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    while iterator and len(pairs) < max_records:
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=1)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(0.25)
            continue
        for record in page["Records"]:
            pairs.append([record["SequenceNumber"], json.loads(record["Data"])])
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            return pairs
        iterator = page.get("NextShardIterator")
    return pairs
