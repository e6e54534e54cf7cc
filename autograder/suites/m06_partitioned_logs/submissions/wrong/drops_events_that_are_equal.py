# /// submission
# file = "kinesis_read_shards.py"
# fails = ["reader/equal_events_are_records_of_their_own"]
# ///
"""Takes an event that equals an earlier one for a record that it has read already."""

_read_all_of_it = read_from_shard


def read_from_shard(stream_name, shard_id, max_records=50):
    pairs = []
    for offset, event in _read_all_of_it(stream_name, shard_id, max_records):
        if event not in [known for _, known in pairs]:
            pairs.append((offset, event))
    return pairs
