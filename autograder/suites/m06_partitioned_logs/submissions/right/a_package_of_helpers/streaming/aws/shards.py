from .clients import kinesis


def all_shards(stream_name):
    for page in kinesis().get_paginator("describe_stream").paginate(StreamName=stream_name):
        yield from page["StreamDescription"]["Shards"]


def wait_until_active(stream_name):
    kinesis().get_waiter("stream_exists").wait(StreamName=stream_name)
