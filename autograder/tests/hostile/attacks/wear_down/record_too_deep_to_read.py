# /// attack
# file = "kinesis_read_shards.py"
# outcomes = ["wrong"]
# says = "returned"
# ///
"""Puts brackets without end into the stream whose picture a test draws."""

import boto3


def _put(stream_name):
    for data in (b"[" * 100_000, b"[" * 900 + b"]" * 900, b'{"eventId":' * 20_000):
        boto3.client("kinesis").put_record(StreamName=stream_name, PartitionKey="a", Data=data)
    return []


def read_from_shard(stream_name, shard_id, max_records=50):
    return _put(stream_name)[:0] or ["nothing"]


def read_all_shards(stream_name):
    return {}


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    return _put(stream_name)[:0] or ["nothing"]
