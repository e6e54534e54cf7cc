# /// attack
# file = "kinesis_read_shards.py"
# outcomes = ["wrong", "timed_out", "passed"]
# says = "exchanged more than 64 MiB with AWS"
# earns = 2
# ///
"""Has queues keep messages of 1 MiB that take 4 MiB each in memory, some in each of many calls."""

import json
import os
import urllib.request

import boto3

BODY = "\U0001f6f0" + "x" * 1_048_000


def shards_of(stream_name):
    pages = (
        boto3.client("kinesis").get_paginator("describe_stream").paginate(StreamName=stream_name)
    )
    return [shard["ShardId"] for page in pages for shard in page["StreamDescription"]["Shards"]]


def read_all_shards(stream_name):
    kinesis = boto3.client("kinesis")
    shards = shards_of(stream_name)
    iterator = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shards[0], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    kinesis.get_records(ShardIterator=iterator)
    return {shard_id: [] for shard_id in shards}


def read_from_shard(stream_name, shard_id, max_records=50):
    if len(shards_of(stream_name)) < 7:
        return []
    url = boto3.client("sqs").create_queue(QueueName="q" + shard_id[-3:])["QueueUrl"]
    parameters = {"QueueUrl": url, "MessageBody": BODY}
    raw = json.dumps(parameters, ensure_ascii=False).encode()
    headers = {"X-Amz-Target": "AmazonSQS.SendMessage"}
    for _ in range(12):
        request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], raw, headers)
        urllib.request.urlopen(request).read()
    return []
