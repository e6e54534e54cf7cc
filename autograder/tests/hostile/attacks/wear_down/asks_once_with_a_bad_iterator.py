# /// attack
# outcomes = ["wrong"]
# says = "read_queue_twice()"
# ///
"""Hands the messages back, and has one GetRecords refused: its answer has no records to count."""

import boto3


def read_queue_twice(queue_name, messages):
    return [messages], []


def read_log_twice(stream_name, messages):
    try:
        boto3.client("kinesis").get_records(ShardIterator="x")
    except Exception:
        pass
    return messages, messages
