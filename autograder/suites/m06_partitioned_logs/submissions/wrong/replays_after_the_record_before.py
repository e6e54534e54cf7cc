# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/replay_from_the_first_record",
# ]
# ///
"""Starts behind the record before the offset, and finds none before the first."""


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    kinesis = boto3.client("kinesis")
    offsets = [offset for offset, _ in read_from_shard(stream_name, shard_id, 10_000)]
    before = offsets[offsets.index(starting_sequence_number) - 1]
    answer = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AFTER_SEQUENCE_NUMBER",
        StartingSequenceNumber=before,
    )
    return follow_iterator(kinesis, answer["ShardIterator"], max_records)
