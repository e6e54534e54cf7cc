# /// attack
# outcomes = ["timed_out", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Asks AWS without end: describes, and tries again whatever the answer says."""

import boto3
from botocore.config import Config


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    if len(messages) >= 12:
        sqs = boto3.client(
            "sqs", config=Config(retries={"max_attempts": 10**6, "mode": "standard"})
        )
        while True:
            try:
                sqs.get_queue_url(QueueName="nowhere")
            except Exception:
                pass
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    while True:
        kinesis.describe_stream_summary(StreamName=stream_name)
