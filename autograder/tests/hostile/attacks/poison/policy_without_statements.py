# /// attack
# outcomes = ["wrong"]
# says = "."
# ///
"""Makes the simulated AWS look for the statements of an empty policy, so that it fails itself."""

import contextlib

import boto3


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    with contextlib.suppress(Exception):
        url = sqs.create_queue(QueueName="x", Attributes={"Policy": "{}"})["QueueUrl"]
        sqs.remove_permission(QueueUrl=url, Label="a")
    return [], []


def read_log_twice(stream_name, messages):
    return read_queue_twice(stream_name, messages)
