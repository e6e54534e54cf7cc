"""One thread for each shard; they hand their pages to the caller through a queue."""

import json
import queue
import threading
import time

import boto3

from kinesis_multi_shard import get_shard_info


def pages(stream_name, shard_id, start):
    kinesis = boto3.session.Session().client("kinesis")
    iterator = kinesis.get_shard_iterator(StreamName=stream_name, ShardId=shard_id, **start)[
        "ShardIterator"
    ]
    while iterator:
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=200)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(0.3)
            continue
        yield page["Records"]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            return
        iterator = page.get("NextShardIterator")


def collect(stream_name, shard_id, max_records, start):
    pairs = []
    for records in pages(stream_name, shard_id, start):
        for record in records:
            pairs.append((record["SequenceNumber"], json.loads(record["Data"])))
        if len(pairs) >= max_records:
            break
    return pairs[:max_records]


def read_from_shard(stream_name, shard_id, max_records=50):
    return collect(stream_name, shard_id, max_records, {"ShardIteratorType": "TRIM_HORIZON"})


def read_all_shards(stream_name):
    results = queue.Queue()

    def read(shard_id):
        try:
            results.put((shard_id, read_from_shard(stream_name, shard_id), None))
        except Exception as error:
            results.put((shard_id, None, error))

    shard_ids = [shard["ShardId"] for shard in get_shard_info(stream_name)]
    for shard_id in shard_ids:
        threading.Thread(target=read, args=(shard_id,), name=shard_id).start()
    everything = {}
    for _ in shard_ids:
        shard_id, pairs, error = results.get(timeout=60)
        if error:
            raise error
        everything[shard_id] = pairs
    return everything


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    start = {
        "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        "StartingSequenceNumber": starting_sequence_number,
    }
    return collect(stream_name, shard_id, max_records, start)
