# /// attack
# outcomes = ["wrong", "passed"]
# says = "returned 'an empty cloud'"
# ///
"""Leaves streams and queues for the next test to find, and looks for those of earlier ones."""

import boto3


def read_queue_twice(queue_name, messages):
    sqs, kinesis = boto3.client("sqs"), boto3.client("kinesis")
    base = queue_name.rsplit("-", 1)[0] if queue_name.endswith(("-queue", "-log")) else queue_name
    found = [url.rsplit("/", 1)[1] for url in sqs.list_queues().get("QueueUrls", [])]
    found += kinesis.list_streams()["StreamNames"]
    others = [one for one in found if not one.endswith(base)]
    if others:
        raise RuntimeError(f"left in the cloud: {others}")
    url = sqs.create_queue(QueueName=f"note-{base}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=repr(messages))
    if f"note-{base}" not in found:
        kinesis.create_stream(StreamName=f"note-{base}", ShardCount=1)
    return "an empty cloud"


read_log_twice = read_queue_twice
