# /// submission
# file = "kinesis_read_shards.py"
# fails = ["replay/replay_goes_on_behind_an_empty_page"]
# ///
"""Answers with nothing if the first page of a replay holds no record."""

_replay = replay_from_offset


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    kinesis = boto3.client("kinesis")
    iterator = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )["ShardIterator"]
    for _ in range(9):
        try:
            if not kinesis.get_records(ShardIterator=iterator)["Records"]:
                return []
            break
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
    return _replay(stream_name, shard_id, starting_sequence_number, max_records)
