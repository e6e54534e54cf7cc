# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["timed_out", "wrong", "missing", "crashed", "passed"]
# earns = 4
# ///
"""Stores very many tiny records: small on the wire, large as Python's objects."""

import boto3


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    records = [{"Data": b"1", "PartitionKey": "a"}] * 500
    for _ in range(60):
        kinesis.put_records(StreamName=stream_name, Records=records)
    return {}
