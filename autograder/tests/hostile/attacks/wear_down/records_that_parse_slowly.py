# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["wrong", "missing", "crashed", "passed"]
# says = "A record's data is"
# earns = 4
# ///
"""Stores records that Python's parser reads for a long time, and then refuses."""

import boto3


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    data = b"[" + b"1," * 32_750 + b"$]"
    for _ in range(3):
        records = [{"Data": data, "PartitionKey": "alice"}] * 30
        kinesis.put_records(StreamName=stream_name, Records=records)
    return {}
