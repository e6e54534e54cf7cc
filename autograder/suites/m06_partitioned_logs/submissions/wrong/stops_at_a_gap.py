# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/an_empty_page_is_not_the_end",
#   "reader/several_empty_pages_are_not_the_end",
#   "replay/replay_goes_on_behind_an_empty_page",
# ]
# ///
"""Takes an empty page for the end once it has read something."""


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
        if not page["Records"] and (pairs or page["MillisBehindLatest"] == 0):
            break
        iterator = page.get("NextShardIterator")
    return pairs
