import json

from kinesis_multi_shard import get_shard_info, kinesis
from retrying import patient

get_records = patient(kinesis.get_records)
get_shard_iterator = patient(kinesis.get_shard_iterator)


def read_from(start, max_records):
    pairs, iterator = [], get_shard_iterator(**start)["ShardIterator"]
    while iterator and len(pairs) < max_records:
        page = get_records(ShardIterator=iterator, Limit=min(max_records - len(pairs), 10_000))
        pairs += [[r["SequenceNumber"], json.loads(r["Data"])] for r in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs


def read_from_shard(stream_name, shard_id, max_records=50):
    start = {"StreamName": stream_name, "ShardId": shard_id, "ShardIteratorType": "TRIM_HORIZON"}
    return read_from(start, max_records)


def read_all_shards(stream_name):
    ids = [shard["ShardId"] for shard in get_shard_info(stream_name)]
    return {shard_id: read_from_shard(stream_name, shard_id) for shard_id in ids}


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    start = {
        "StreamName": stream_name,
        "ShardId": shard_id,
        "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        "StartingSequenceNumber": starting_sequence_number,
    }
    return read_from(start, max_records)
