# /// attack
# outcomes = ["timed_out", "unimplemented", "killed"]
# says = "read_log_twice()"
# ///
"""Has the cloud keep 5 MiB more with each request, as fast as they can be sent."""

import base64
import http.client
import json

import boto3


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=100)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    data = base64.b64encode(b"x" * 7_000).decode()
    records = [{"Data": data, "PartitionKey": str(number)} for number in range(500)]
    body = json.dumps({"StreamName": stream_name, "Records": records}).encode()
    connection = http.client.HTTPConnection("127.0.0.1", 4566)
    while True:
        connection.request("POST", "/", body, {"X-Amz-Target": "Kinesis_20131202.PutRecords"})
        connection.getresponse().read()
