# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/none_asked_for"]
# ///
"""Asks Kinesis for a page of 0 records, which is refused."""

_read = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=50):
    if max_records == 0:
        kinesis = boto3.client("kinesis")
        answer = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )
        return kinesis.get_records(ShardIterator=answer["ShardIterator"], Limit=0)["Records"]
    return _read(stream_name, shard_id, max_records)
