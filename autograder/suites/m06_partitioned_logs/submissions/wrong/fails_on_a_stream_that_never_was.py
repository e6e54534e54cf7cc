# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/deleting_what_never_was_is_no_error"]
# ///
"""Lets ResourceNotFoundException through when there is nothing to delete."""


def delete_stream(stream_name):
    kinesis = boto3.client("kinesis")
    kinesis.delete_stream(StreamName=stream_name)
    kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)
