# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/errors_that_last_reach_the_caller"]
# ///
"""Makes the stream where there is none, instead of letting the caller know."""

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    create_multi_shard_stream(stream_name, 4)
    return _send(stream_name, num_events)
