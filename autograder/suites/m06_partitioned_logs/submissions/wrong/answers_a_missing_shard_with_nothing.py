# /// submission
# file = "kinesis_read_shards.py"
# fails = ["replay/a_shard_that_is_not_there_is_an_error"]
# ///
"""Returns an empty list for a shard that does not exist."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    try:
        return _replay(stream_name, shard_id, starting_sequence_number, max_records)
    except boto3.client("kinesis").exceptions.ResourceNotFoundException:
        return []
