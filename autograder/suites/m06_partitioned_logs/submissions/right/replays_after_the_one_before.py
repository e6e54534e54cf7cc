# /// submission
# file = "kinesis_read_shards.py"
# ///
"""Reads the record at the offset by AT and goes on by AFTER."""


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    kinesis = boto3.client("kinesis")

    def iterator(kind):
        return kinesis.get_shard_iterator(
            StreamName=stream_name,
            ShardId=shard_id,
            ShardIteratorType=kind,
            StartingSequenceNumber=starting_sequence_number,
        )["ShardIterator"]

    first = follow_iterator(kinesis, iterator("AT_SEQUENCE_NUMBER"), min(1, max_records))
    rest = follow_iterator(kinesis, iterator("AFTER_SEQUENCE_NUMBER"), max_records - len(first))
    return first + rest
