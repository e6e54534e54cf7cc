# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#     "reader/oldest_records_come_first",
#     "reader/sequence_numbers_and_events_are_as_kinesis_has_them",
#     "reader/an_empty_page_is_not_the_end",
#     "reader/several_empty_pages_are_not_the_end",
#     "reader/an_empty_first_page_is_not_the_end",
#     "reader/a_closed_shard_is_read_to_its_end",
#     "reader/more_asked_for_than_there_is",
#     "reader/throttled_reads_lose_and_double_nothing",
#     "replay/replay_starts_with_the_record_at_the_offset",
#     "replay/replay_from_the_first_record",
#     "replay/replay_from_the_last_record",
#     "replay/replay_returns_pairs_as_reading_does",
#     "replay/a_throttled_replay_goes_on",
#     "replay/replay_goes_on_behind_an_empty_page",
#     "replay/replay_of_a_closed_shard_ends",
#     "replay/replay_follows_the_pages",
#     "reader/equal_events_are_records_of_their_own",
#     "replay/each_replay_reads_the_log_anew",
# ]
# ///
"""Looks whether it has caught up before it keeps the page."""


def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    while iterator and len(pairs) < max_records:
        limit = min(max_records - len(pairs), 10_000)
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        if page["MillisBehindLatest"] == 0:
            break
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        iterator = page.get("NextShardIterator")
    return pairs
