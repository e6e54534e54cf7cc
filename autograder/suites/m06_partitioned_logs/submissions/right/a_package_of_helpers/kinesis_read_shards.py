from itertools import islice

from common.decoding import as_pair
from common.settings import STREAM
from streaming import Cursor, all_shards


def read_from_shard(stream_name, shard_id, max_records=50):
    return [as_pair(record) for record in islice(Cursor(stream_name, shard_id), max_records)]


def read_all_shards(stream_name):
    return {
        shard["ShardId"]: read_from_shard(stream_name, shard["ShardId"])
        for shard in all_shards(stream_name)
    }


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    cursor = Cursor(stream_name, shard_id, starting_sequence_number)
    return [as_pair(record) for record in islice(cursor, max_records)]


if __name__ == "__main__":
    print(read_all_shards(STREAM))
