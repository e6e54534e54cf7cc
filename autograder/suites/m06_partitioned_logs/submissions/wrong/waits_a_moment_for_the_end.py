# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/delete_returns_once_gone"]
# ///
"""Takes one second for long enough: the stream is still DELETING."""


def delete_stream(stream_name):
    kinesis = boto3.client("kinesis")
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        return
    time.sleep(1)
