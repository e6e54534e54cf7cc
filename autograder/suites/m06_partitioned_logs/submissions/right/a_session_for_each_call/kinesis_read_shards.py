import json

from kinesis_multi_shard import get_client, get_shard_info, safe_call


def get_iterator(client, stream_name, shard_id, kind, number=None):
    parameters = {"StreamName": stream_name, "ShardId": shard_id, "ShardIteratorType": kind}
    if number is not None:
        parameters["StartingSequenceNumber"] = number
    return safe_call(client, "get_shard_iterator", **parameters)["ShardIterator"]


def get_all(client, iterator, max_records):
    found = []
    while True:
        left = max_records - len(found)
        if left <= 0 or not iterator:
            return found
        answer = safe_call(
            client, "get_records", ShardIterator=iterator, Limit=left if left < 10000 else 10000
        )
        for record in answer["Records"]:
            found.append((record["SequenceNumber"], json.loads(record["Data"])))
        if answer["Records"] == [] and answer["MillisBehindLatest"] == 0:
            return found
        iterator = answer.get("NextShardIterator")


def read_from_shard(stream_name, shard_id, max_records=50):
    client = get_client()
    return get_all(client, get_iterator(client, stream_name, shard_id, "TRIM_HORIZON"), max_records)


def read_all_shards(stream_name):
    result = {}
    for shard in get_shard_info(stream_name):
        result[shard["ShardId"]] = read_from_shard(stream_name, shard["ShardId"])
    return result


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    client = get_client()
    iterator = get_iterator(client, stream_name, shard_id, "AT_SEQUENCE_NUMBER", starting_sequence_number)
    return get_all(client, iterator, max_records)
