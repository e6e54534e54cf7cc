# /// attack
# file = "kinesis_read_shards.py"
# outcomes = ["wrong"]
# says = "returned"
# ///
"""Returns texts in which JSON hides half a character, that no encoding can write."""


def read_from_shard(stream_name, shard_id, max_records=50):
    return ['{"a": "event \\ud800"}']


def read_all_shards(stream_name):
    return {}


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    return ['{"a": "event \\ud800"}']
