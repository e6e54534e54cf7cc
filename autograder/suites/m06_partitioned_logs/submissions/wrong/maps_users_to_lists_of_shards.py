# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/mapping_is_what_kinesis_reported"]
# ///
"""Gathers all shards that a user was ever seen in."""

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    return {user: [shard] for user, shard in _send(stream_name, num_events).items()}
