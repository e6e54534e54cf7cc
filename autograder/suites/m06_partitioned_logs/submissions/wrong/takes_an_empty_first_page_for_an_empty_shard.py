# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#     "reader/an_empty_first_page_is_not_the_end",
#     "replay/replay_goes_on_behind_an_empty_page",
# ]
# ///
"""Returns at once where the first page is empty."""


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
        if not pairs or (not page["Records"] and page["MillisBehindLatest"] == 0):
            break
        iterator = page.get("NextShardIterator")
    return pairs
