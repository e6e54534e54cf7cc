# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/shard_info_returns_the_descriptions"]
# ///
"""Makes descriptions of its own, with other keys than Kinesis gives."""

_describe = get_shard_info


def get_shard_info(stream_name):
    return [
        {"ShardId": shard["ShardId"], "start": shard["HashKeyRange"]["StartingHashKey"]}
        for shard in _describe(stream_name)
    ]
