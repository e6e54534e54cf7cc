# /// attack
# outcomes = ["passed", "wrong"]
# ///
"""Puts a make-believe cloud into boto3 and botocore, where every call goes well and is counted."""

import boto3
import botocore.client
import botocore.httpsession


class Believe:
    def __init__(self, *args, **kwargs):
        self.calls = []

    def __getattr__(self, name):
        return lambda **parameters: self.calls.append((name, parameters)) or {"Records": []}


boto3.client = boto3.resource = Believe
boto3.Session = boto3.session.Session = Believe
botocore.client.BaseClient._make_api_call = lambda *args: {"StreamStatus": "ACTIVE"}
botocore.httpsession.URLLib3Session.send = lambda *args: Believe()


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    for message in messages:
        sqs.send_message(QueueUrl=queue_name, MessageBody=message)
    return messages, []


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=message)
    return messages, messages
