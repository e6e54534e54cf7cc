import json

import compare_with_sqs
import kinesis_multi_shard as writer
from kinesis_multi_shard import *


def read_from_shard(stream_name, shard_id, max_records=50):
    start = writer.patiently(
        writer.kinesis.get_shard_iterator,
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="TRIM_HORIZON",
    )
    return decoded(start, max_records)


def decoded(start, max_records):
    records = compare_with_sqs.records_from(start["ShardIterator"], max_records)
    return [(record["SequenceNumber"], json.loads(record["Data"])) for record in records]


def read_all_shards(stream_name):
    return {id_: read_from_shard(stream_name, id_) for id_ in shard_ids(stream_name)}


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    start = writer.kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return decoded(start, max_records)


def main():
    print(read_all_shards("iot-sensor-data"))


if __name__ == "__main__":
    main()
