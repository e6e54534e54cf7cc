# /// submission
# file = "kinesis_read_shards.py"
# ///
"""A function that calls itself for the next page."""


def follow_iterator(kinesis, iterator, max_records):
    if not iterator or max_records <= 0:
        return []
    page = None
    while page is None:
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=min(max_records, 1000))
        except kinesis.exceptions.ClientError as error:
            if "Throughput" not in str(error):
                raise
            time.sleep(0.5)
    pairs = [(record["SequenceNumber"], json.loads(record["Data"])) for record in page["Records"]]
    if not pairs and not page["MillisBehindLatest"]:
        return []
    rest = follow_iterator(kinesis, page.get("NextShardIterator"), max_records - len(pairs))
    return pairs + rest
