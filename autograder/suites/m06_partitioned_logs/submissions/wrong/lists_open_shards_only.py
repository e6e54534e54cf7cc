# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/shard_info_has_closed_shards_too"]
# ///
"""Leaves out closed shards."""

_all_shards = get_shard_info


def get_shard_info(stream_name):
    return [
        shard
        for shard in _all_shards(stream_name)
        if "EndingSequenceNumber" not in shard["SequenceNumberRange"]
    ]
