# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#   "replay/replay_starts_with_the_record_at_the_offset",
#   "replay/replay_from_the_first_record",
#   "replay/replay_from_the_last_record",
# ]
# ///
"""Mixes up AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER: the record at the offset is left out."""


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    kinesis = boto3.client("kinesis")
    answer = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AFTER_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return follow_iterator(kinesis, answer["ShardIterator"], max_records)
