# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#     "reader/oldest_records_come_first",
#     "reader/sequence_numbers_and_events_are_as_kinesis_has_them",
#     "reader/pages_are_joined_in_order",
#     "reader/an_empty_page_is_not_the_end",
#     "reader/several_empty_pages_are_not_the_end",
#     "reader/an_empty_first_page_is_not_the_end",
#     "reader/an_empty_shard_is_an_empty_list",
#     "reader/more_asked_for_than_there_is",
#     "reader/every_shard_is_read",
#     "reader/the_shard_listing_is_followed_to_its_end",
#     "reader/closed_shards_are_read_too",
#     "reader/throttled_reads_lose_and_double_nothing",
#     "replay/replay_starts_with_the_record_at_the_offset",
#     "replay/replay_from_the_first_record",
#     "replay/replay_from_the_last_record",
#     "replay/replay_returns_pairs_as_reading_does",
#     "replay/a_throttled_replay_goes_on",
#     "replay/replay_goes_on_behind_an_empty_page",
#     "replay/replay_follows_the_pages",
#     "reader/equal_events_are_records_of_their_own",
#     "replay/each_replay_reads_the_log_anew",
# ]
# ///
"""Waits for records that may come some day: caught up is no reason to stop."""


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
        iterator = page.get("NextShardIterator")
    return pairs
