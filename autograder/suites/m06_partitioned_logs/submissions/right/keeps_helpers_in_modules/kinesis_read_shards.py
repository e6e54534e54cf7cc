# /// submission
# file = "kinesis_read_shards.py"
# alone = true
# ///
"""Helpers in a module and in a package beside the graded file."""

from kinesis_tools.listing import shard_ids
from kinesis_tools.paging import collect
from settings import OLDEST, client


def read_from_shard(stream_name, shard_id, max_records=50):
    return collect(client(), stream_name, shard_id, max_records, **OLDEST)


def read_all_shards(stream_name):
    return {one: read_from_shard(stream_name, one) for one in shard_ids(client(), stream_name)}


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    start = {
        "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        "StartingSequenceNumber": starting_sequence_number,
    }
    return collect(client(), stream_name, shard_id, max_records, **start)
