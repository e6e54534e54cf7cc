# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""The paginator of describe_stream, waiters with settings of their own, and a resource-free session."""

session = boto3.Session()


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = session.client("kinesis")
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
    kinesis.get_waiter("stream_exists").wait(
        StreamName=stream_name, WaiterConfig={"Delay": 1, "MaxAttempts": 200}
    )


def get_shard_info(stream_name):
    pages = (
        session.client("kinesis")
        .get_paginator("describe_stream")
        .paginate(StreamName=stream_name, PaginationConfig={"PageSize": 4})
    )
    return pages.build_full_result()["StreamDescription"]["Shards"]


def delete_stream(stream_name):
    kinesis = session.client("kinesis")
    try:
        kinesis.delete_stream(StreamName=stream_name, EnforceConsumerDeletion=False)
        kinesis.get_waiter("stream_not_exists").wait(
            StreamName=stream_name, WaiterConfig={"Delay": 5, "MaxAttempts": 60}
        )
    except kinesis.exceptions.ResourceNotFoundException:
        print("nothing to delete")
