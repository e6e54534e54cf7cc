def shard_ids(kinesis, stream_name):
    pages = kinesis.get_paginator("list_shards").paginate(StreamName=stream_name)
    return [shard["ShardId"] for page in pages for shard in page["Shards"]]
