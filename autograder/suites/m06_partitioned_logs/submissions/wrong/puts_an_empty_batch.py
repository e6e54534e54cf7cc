# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/no_events_at_all"]
# ///
"""Calls PutRecords with no records, which Kinesis refuses."""

_send = send_events_to_shards


def send_events_to_shards(stream_name, num_events=30):
    if num_events == 0:
        boto3.client("kinesis").put_records(StreamName=stream_name, Records=[])
    return _send(stream_name, num_events)
