import json
import time

import boto3

kinesis = boto3.client("kinesis")


def read_records(shard_iterator, max_records):
    result = []
    failures = 0
    polls = 0
    while len(result) < max_records:
        polls += 1
        try:
            response = kinesis.get_records(ShardIterator=shard_iterator)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            failures += 1
            if failures >= 20:
                raise
            time.sleep(1)
            continue
        failures = 0
        for record in response["Records"]:
            if len(result) < max_records:
                result.append((record["SequenceNumber"], json.loads(record["Data"].decode("utf-8"))))
        if response.get("NextShardIterator") is None:
            print("closed after", polls, "polls")
            break
        shard_iterator = response["NextShardIterator"]
        if len(response["Records"]) == 0:
            if response["MillisBehindLatest"] == 0:
                print("caught up after", polls, "polls")
                break
            time.sleep(0.2)  # five reads a second are allowed
    return result


def read_from_shard(stream_name, shard_id, max_records=50):
    response = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )
    return read_records(response["ShardIterator"], max_records)


def read_all_shards(stream_name):
    shard_ids = []
    response = kinesis.list_shards(StreamName=stream_name)
    while True:
        shard_ids = shard_ids + [shard["ShardId"] for shard in response["Shards"]]
        if not response.get("NextToken"):
            break
        response = kinesis.list_shards(NextToken=response["NextToken"])
    result = {}
    for shard_id in shard_ids:
        result[shard_id] = read_from_shard(stream_name, shard_id)
    return result


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    response = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return read_records(response["ShardIterator"], max_records)
