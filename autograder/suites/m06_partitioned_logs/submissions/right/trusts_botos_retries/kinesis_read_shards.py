import json

from kinesis_multi_shard import aws, get_shard_info


def _from(start, max_records):
    found, iterator = [], start["ShardIterator"]
    while len(found) < max_records and iterator:
        page = aws("kinesis").get_records(ShardIterator=iterator, Limit=min(max_records, 10000))
        found += [(r["SequenceNumber"], json.loads(r["Data"])) for r in page["Records"]]
        iterator = page.get("NextShardIterator")
        if not page["Records"] and not page["MillisBehindLatest"]:
            iterator = None
    return found[:max_records]


def read_from_shard(stream_name, shard_id, max_records=50):
    start = aws("kinesis").get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )
    return _from(start, max_records)


def read_all_shards(stream_name):
    shards = get_shard_info(stream_name)
    return {s["ShardId"]: read_from_shard(stream_name, s["ShardId"]) for s in shards}


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    start = aws("kinesis").get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return _from(start, max_records)
