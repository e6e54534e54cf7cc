# /// attack
# outcomes = ["wrong", "crashed", "timed_out"]
# ///
"""Asks the cloud for queues by a prefix that is a regular expression, which is never done matching."""

import boto3
from botocore.config import Config

QUICK = Config(retries={"max_attempts": 0}, read_timeout=2)


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs", config=QUICK)
    sqs.create_queue(QueueName="a" * 60)
    sqs.list_queues(QueueNamePrefix="(a+)+b")
    return "passed"


def read_log_twice(stream_name, messages):
    return boto3.client("sqs", config=QUICK).list_queues(QueueNamePrefix="(").get("QueueUrls", [])
