# /// submission
# file = "kinesis_read_shards.py"
# ///
"""AT_TIMESTAMP long ago is the oldest record as well."""


def read_from_shard(stream_name, shard_id, max_records=50):
    kinesis = boto3.client("kinesis")
    answer = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_TIMESTAMP",
        Timestamp=datetime(2020, 1, 1, tzinfo=timezone.utc),
    )
    return follow_iterator(kinesis, answer["ShardIterator"], max_records)


from datetime import datetime, timezone
