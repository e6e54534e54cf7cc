# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "reader/an_empty_page_is_not_the_end",
#   "reader/several_empty_pages_are_not_the_end",
#   "reader/an_empty_first_page_is_not_the_end",
#   "reader/a_closed_shard_is_read_to_its_end",
#   "reader/asked_for_ends_within_a_page",
#   "reader/more_asked_for_than_there_is",
#   "reader/throttled_reads_lose_and_double_nothing",
#   "replay/a_throttled_replay_goes_on",
#   "replay/replay_goes_on_behind_an_empty_page",
#   "replay/replay_of_a_closed_shard_ends",
#   "replay/replay_follows_the_pages",
#   "replay/replay_of_so_many_records",
# ]
# ///
"""Takes the first page for the whole shard."""


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
        break
    return pairs
