# /// submission
# file = "kinesis_read_shards.py"
# ///
"""asyncio around threads, one task for each shard."""

import asyncio


async def _read_all(stream_name, ids):
    readings = [asyncio.to_thread(read_from_shard, stream_name, one) for one in ids]
    return dict(zip(ids, await asyncio.gather(*readings)))


def read_all_shards(stream_name):
    kinesis = boto3.client("kinesis")
    ids, more = [], True
    while more:
        start = {"ExclusiveStartShardId": ids[-1]} if ids else {}
        page = kinesis.describe_stream(StreamName=stream_name, **start)["StreamDescription"]
        ids += [shard["ShardId"] for shard in page["Shards"]]
        more = page["HasMoreShards"]
    return asyncio.run(_read_all(stream_name, ids))
