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
#     "reader/a_closed_shard_is_read_to_its_end",
#     "reader/a_closed_shard_without_records_ends",
#     "reader/no_more_than_asked_for",
#     "reader/none_asked_for",
#     "reader/asked_for_ends_within_a_page",
#     "reader/more_asked_for_than_there_is",
#     "reader/fifty_by_default",
#     "reader/throttled_reads_lose_and_double_nothing",
#     "replay/replay_starts_with_the_record_at_the_offset",
#     "replay/replay_from_the_first_record",
#     "replay/replay_from_the_last_record",
#     "replay/replay_returns_pairs_as_reading_does",
#     "replay/a_throttled_replay_goes_on",
#     "replay/replay_goes_on_behind_an_empty_page",
#     "replay/replay_of_a_closed_shard_ends",
#     "replay/replay_follows_the_pages",
#     "replay/replay_of_so_many_records",
#     "replay/replay_of_one_record",
#     "replay/replay_of_ten_by_default",
#     "replay/replay_of_nothing",
#     "replay/a_replay_changes_nothing_and_can_be_repeated",
#     "reader/equal_events_are_records_of_their_own",
#     "replay/each_replay_reads_the_log_anew",
# ]
# ///
"""Prints the records and forgets to return them."""


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
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    print(pairs)
