import functools

import boto3

OLDEST = {"ShardIteratorType": "TRIM_HORIZON"}


@functools.cache
def client():
    return boto3.client("kinesis")
