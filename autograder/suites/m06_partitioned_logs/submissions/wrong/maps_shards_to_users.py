# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/mapping_names_the_users_that_sent",
#   "writer/mapping_is_what_kinesis_reported",
# ]
# ///
"""Turns the mapping around."""

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    shard_to_users = {}
    for user, shard in _send(stream_name, num_events).items():
        shard_to_users.setdefault(shard, []).append(user)
    return shard_to_users
