# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/delete_returns_once_gone"]
# ///
"""Takes DELETING for gone."""


def delete_stream(stream_name):
    kinesis = boto3.client("kinesis")
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        return
    status = "ACTIVE"
    while status == "ACTIVE":
        answer = kinesis.describe_stream_summary(StreamName=stream_name)
        status = answer["StreamDescriptionSummary"]["StreamStatus"]
