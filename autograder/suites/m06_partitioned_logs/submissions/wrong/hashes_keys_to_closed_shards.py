# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/mapping_is_what_kinesis_reported"]
# ///
"""Works out the shard by MD5 and takes the first range that fits: that of a closed shard."""

from hashlib import md5

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    shards = get_shard_info(stream_name)

    def shard_of(user):
        key = int(md5(user.encode()).hexdigest(), 16)
        for shard in shards:
            keys = shard["HashKeyRange"]
            if int(keys["StartingHashKey"]) <= key <= int(keys["EndingHashKey"]):
                return shard["ShardId"]

    return {user: shard_of(user) for user in _send(stream_name, num_events)}
