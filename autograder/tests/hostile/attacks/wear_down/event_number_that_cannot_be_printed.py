# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["wrong", "missing", "crashed", "passed"]
# says = "A record's data is"
# earns = 4
# ///
"""Stores an event whose number has more digits than Python prints: a literal, and as JSON."""

import boto3


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    number = b"0x" + b"f" * 4000
    for data in (b"{'eventId': %s}" % number, b'{"eventId": %s}' % (b"9" * 4200)):
        kinesis.put_record(StreamName=stream_name, PartitionKey="alice", Data=data)
    return {}
