# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/mapping_is_what_kinesis_reported"]
# ///
"""Works out by itself which shard each user should be in, instead of reading Kinesis's answers."""

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    users = _send(stream_name, num_events)
    shards = boto3.client("kinesis").list_shards(StreamName=stream_name)["Shards"]
    return {user: shards[USERS.index(user) % len(shards)]["ShardId"] for user in users}
