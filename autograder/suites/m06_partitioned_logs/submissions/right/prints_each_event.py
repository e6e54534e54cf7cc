# /// submission
# file = "kinesis_read_shards.py"
# ///
"""Prints user and action of each event while it reads and replays, as a first program does."""

_read, _replay = read_from_shard, replay_from_offset


def read_from_shard(stream_name, shard_id, max_records=50):
    pairs = _read(stream_name, shard_id, max_records)
    for number, (offset, event) in enumerate(pairs, 1):
        print(f"✓ {number}: {event['userId']} → {event['action']} at {event['timestamp']}")
    return pairs


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    pairs = _replay(stream_name, shard_id, starting_sequence_number, max_records)
    for offset, event in pairs:
        print(f"  Replayed {event['eventId']}: {event['userId']} - {event['action']}")
    return pairs
