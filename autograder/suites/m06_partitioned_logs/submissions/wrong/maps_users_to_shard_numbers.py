# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/mapping_is_what_kinesis_reported"]
# ///
"""Returns the number of the shard instead of its id."""

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    return {user: int(shard[-4:]) for user, shard in _send(stream_name, num_events).items()}
