# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/mapping_names_the_users_that_sent",
#   "writer/mapping_is_what_kinesis_reported",
# ]
# ///
"""Prints the mapping and forgets to return it."""

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    print(_send(stream_name, num_events))
