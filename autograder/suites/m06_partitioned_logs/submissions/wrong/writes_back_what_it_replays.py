# /// submission
# file = "kinesis_read_shards.py"
# fails = [
#     "replay/a_replay_changes_nothing_and_can_be_repeated",
#     "replay/each_replay_reads_the_log_anew",
# ]
# ///
"""Puts what it replays into the log once more."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    pairs = _replay(stream_name, shard_id, starting_sequence_number, max_records)
    kinesis = boto3.client("kinesis")
    for _, event in pairs:
        kinesis.put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=event["userId"]
        )
    return pairs
