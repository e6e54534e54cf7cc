import json
import time

from kinesis_multi_shard import client, get_shard_info


def page_at(iterator, limit, pause=0.1):
    try:
        return client.get_records(ShardIterator=iterator, Limit=limit)
    except client.exceptions.ProvisionedThroughputExceededException:
        if pause > 60:
            raise
        time.sleep(pause)
        return page_at(iterator, limit, pause * 2)


def read_on(iterator, max_records):
    if iterator is None or max_records < 1:
        return []
    page = page_at(iterator, min(max_records, 10_000))
    pairs = [(record["SequenceNumber"], json.loads(record["Data"])) for record in page["Records"]]
    if not pairs and page["MillisBehindLatest"] == 0:
        return []
    return pairs + read_on(page.get("NextShardIterator"), max_records - len(pairs))


def iterator(stream_name, shard_id, **start):
    answer = client.get_shard_iterator(StreamName=stream_name, ShardId=shard_id, **start)
    return answer["ShardIterator"]


def read_from_shard(stream_name, shard_id, max_records=50):
    return read_on(iterator(stream_name, shard_id, ShardIteratorType="TRIM_HORIZON"), max_records)


def read_each(stream_name, shards):
    if not shards:
        return {}
    first, *others = shards
    pairs = read_from_shard(stream_name, first["ShardId"])
    return {first["ShardId"]: pairs, **read_each(stream_name, others)}


def read_all_shards(stream_name):
    return read_each(stream_name, get_shard_info(stream_name))


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    start = iterator(
        stream_name,
        shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return read_on(start, max_records)
