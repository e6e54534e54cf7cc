# /// attack
# file = "kinesis_read_shards.py"
# outcomes = ["wrong"]
# says = "items"
# ///
"""Returns as many different numbers as may be returned: comparing lists would take hours."""


def read_from_shard(stream_name, shard_id, max_records=50):
    return list(range(150_000))


def read_all_shards(stream_name):
    return {str(number): [] for number in range(60_000)}


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    return list(range(150_000))
