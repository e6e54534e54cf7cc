# /// submission
# file = "kinesis_read_shards.py"
# fails = ["replay/a_shard_that_is_not_there_is_an_error"]
# ///
"""Looks in the listing whether the shard exists, and returns an empty list if it does not."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    shards = boto3.client("kinesis").list_shards(StreamName=stream_name)["Shards"]
    if shard_id not in [shard["ShardId"] for shard in shards]:
        return []
    return _replay(stream_name, shard_id, starting_sequence_number, max_records)
