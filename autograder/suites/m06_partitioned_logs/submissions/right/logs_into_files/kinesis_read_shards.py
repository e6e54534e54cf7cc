"""Keeps its offsets in a file as a consumer does, and a database of what it has seen."""

import json
import logging
import sqlite3
import time
import warnings
from pathlib import Path

import boto3

logging.basicConfig(filename="reader.log", filemode="w", level=logging.INFO, force=True)
logging.captureWarnings(True)
logging.getLogger("botocore").setLevel(logging.WARNING)
kinesis = boto3.client("kinesis")


def save_offset(shard_id, offset):
    path = Path("offsets.json")
    offsets = json.loads(path.read_text()) if path.exists() else {}
    offsets[shard_id] = offset
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(offsets, indent=2))
    temporary.replace(path)


def read_pages(iterator, max_records):
    pairs = []
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE seen (offset TEXT PRIMARY KEY, user TEXT)")
        while iterator and len(pairs) < max_records:
            limit = min(max_records - len(pairs), 10_000)
            try:
                page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
            except kinesis.exceptions.ProvisionedThroughputExceededException:
                warnings.warn("throttled", stacklevel=2)
                time.sleep(1)
                continue
            for record in page["Records"]:
                event = json.loads(record["Data"])
                database.execute(
                    "INSERT INTO seen VALUES (?, ?)", (record["SequenceNumber"], event["userId"])
                )
                pairs.append((record["SequenceNumber"], event))
                logging.info("%s %s", record["SequenceNumber"], event)
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                break
            iterator = page.get("NextShardIterator")
        counts = database.execute("SELECT user, COUNT(*) FROM seen GROUP BY user").fetchall()
    logging.info("counts: %s", counts)
    return pairs


def read_from_shard(stream_name, shard_id, max_records=50):
    answer = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )
    pairs = read_pages(answer["ShardIterator"], max_records)
    if pairs:
        save_offset(shard_id, pairs[-1][0])
    return pairs


def read_all_shards(stream_name):
    result, start = {}, {}
    while True:
        answer = kinesis.describe_stream(StreamName=stream_name, **start)["StreamDescription"]
        for shard in answer["Shards"]:
            result[shard["ShardId"]] = read_from_shard(stream_name, shard["ShardId"])
        if not answer["HasMoreShards"]:
            break
        start = {"ExclusiveStartShardId": answer["Shards"][-1]["ShardId"]}
    with open("all.txt", "w") as file:
        print(result, file=file)
    return result


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    answer = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return read_pages(answer["ShardIterator"], max_records)
