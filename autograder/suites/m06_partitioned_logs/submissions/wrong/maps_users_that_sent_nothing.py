# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/mapping_names_the_users_that_sent"]
# ///
"""Names all five users, though some sent nothing."""

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    return dict.fromkeys(USERS, None) | _send(stream_name, num_events)
