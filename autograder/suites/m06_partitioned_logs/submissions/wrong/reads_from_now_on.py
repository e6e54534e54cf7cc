# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#     "reader/oldest_records_come_first",
#     "reader/sequence_numbers_and_events_are_as_kinesis_has_them",
#     "reader/pages_are_joined_in_order",
#     "reader/an_empty_page_is_not_the_end",
#     "reader/several_empty_pages_are_not_the_end",
#     "reader/an_empty_first_page_is_not_the_end",
#     "reader/a_closed_shard_is_read_to_its_end",
#     "reader/no_more_than_asked_for",
#     "reader/asked_for_ends_within_a_page",
#     "reader/more_asked_for_than_there_is",
#     "reader/fifty_by_default",
#     "reader/throttled_reads_lose_and_double_nothing",
#     "reader/equal_events_are_records_of_their_own",
# ]
# ///
"""Takes an iterator at the present time (AT_TIMESTAMP)."""


def read_from_shard(stream_name, shard_id, max_records=50):
    kinesis = boto3.client("kinesis")
    answer = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_TIMESTAMP",
        Timestamp=time.time(),
    )
    return follow_iterator(kinesis, answer["ShardIterator"], max_records)
