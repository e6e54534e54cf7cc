import json

import boto3

from kinesis_multi_shard import CONFIG


def _follow(kinesis, stream_name, shard_id, max_records, **position):
    response = kinesis.get_shard_iterator(StreamName=stream_name, ShardId=shard_id, **position)
    shard_iterator = response["ShardIterator"]
    records = []
    while shard_iterator and len(records) < max_records:
        response = kinesis.get_records(ShardIterator=shard_iterator, Limit=500)
        records.extend(response["Records"])
        if not response["Records"] and response["MillisBehindLatest"] == 0:
            break
        shard_iterator = response.get("NextShardIterator")
    return [(r["SequenceNumber"], json.loads(r["Data"])) for r in records[:max_records]]


def read_from_shard(stream_name, shard_id, max_records=50):
    kinesis = boto3.client("kinesis", config=CONFIG)
    return _follow(
        kinesis, stream_name, shard_id, max_records, ShardIteratorType="TRIM_HORIZON"
    )


def read_all_shards(stream_name):
    kinesis = boto3.client("kinesis", config=CONFIG)
    # boto3's own paginator for list_shards
    pages = kinesis.get_paginator("list_shards").paginate(StreamName=stream_name)
    return {
        shard_id: read_from_shard(stream_name, shard_id)
        for shard_id in pages.search("Shards[].ShardId")
    }


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    kinesis = boto3.client("kinesis", config=CONFIG)
    return _follow(
        kinesis,
        stream_name,
        shard_id,
        max_records,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
