# /// submission
# file = "kinesis_read_shards.py"
# ///
"""All shards at the same time, one thread and one client each."""

from concurrent.futures import ThreadPoolExecutor


def read_all_shards(stream_name):
    kinesis = boto3.client("kinesis")
    page = kinesis.list_shards(StreamName=stream_name)
    shards = page["Shards"]
    while "NextToken" in page:
        page = kinesis.list_shards(NextToken=page["NextToken"])
        shards += page["Shards"]
    ids = [shard["ShardId"] for shard in shards]
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(ids, pool.map(lambda one: read_from_shard(stream_name, one), ids)))
