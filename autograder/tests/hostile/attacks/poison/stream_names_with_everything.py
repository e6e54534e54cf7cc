# /// attack
# outcomes = ["crashed"]
# says = "raised"
# ///
"""Asks AWS for streams, shards and queues whose names do harm wherever the answer is shown."""

import boto3
from botocore.config import Config

EVIL = "\x1b[31m\n::error::forged|`</code><img src=x onerror=alert(1)>@everyone=1+1\u202e"
CONFIG = Config(parameter_validation=False, retries={"max_attempts": 1})


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs", config=CONFIG)
    sqs.get_queue_url(QueueName=EVIL)


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis", config=CONFIG)
    if len(messages) > 11:
        kinesis.create_stream(StreamName=EVIL, ShardCount=1)
    kinesis.put_record(StreamName=stream_name + EVIL, Data=b"", PartitionKey=EVIL * 300)
