import json
import time
from itertools import chain, islice

from kinesis_multi_shard import client, shards_of


def pages(stream_name, shard_id, **start):
    kinesis = client()
    iterator = kinesis.get_shard_iterator(StreamName=stream_name, ShardId=shard_id, **start)
    return pages_from(kinesis, iterator["ShardIterator"])


def pages_from(kinesis, iterator):
    while iterator:
        try:
            page = kinesis.get_records(ShardIterator=iterator)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(0.4)
            continue
        yield page["Records"]
        if not page["Records"] and not page["MillisBehindLatest"]:
            break
        iterator = page.get("NextShardIterator")


def pairs(pages_of_records):
    for record in chain.from_iterable(pages_of_records):
        yield record["SequenceNumber"], json.loads(record["Data"])


def read_from_shard(stream_name, shard_id, max_records=50):
    oldest = pages(stream_name, shard_id, ShardIteratorType="TRIM_HORIZON")
    return list(islice(pairs(oldest), max_records))


def read_all_shards(stream_name):
    ids = (shard["ShardId"] for shard in shards_of(stream_name))
    return dict((shard_id, read_from_shard(stream_name, shard_id)) for shard_id in ids)


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    from_offset = pages(
        stream_name,
        shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return list(islice(pairs(from_offset), max_records))
