import json
import time

from botocore.exceptions import ClientError

from kinesis_multi_shard import get_shard_info, kinesis


def pairs_of(records):
    for record in records:
        match record:
            case {"SequenceNumber": offset, "Data": data}:
                match json.loads(data):
                    case {"userId": str(user), "action": str(action)} as event:
                        print(f"{offset[-8:]} {user} {action}")
                yield offset, event


def read(iterator, at_most):
    pairs = []
    while at_most > len(pairs):
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=min(at_most, 10_000))
        except ClientError as error:
            match error.response["Error"]["Code"]:
                case "ProvisionedThroughputExceededException":
                    time.sleep(0.3)
                    continue
                case _:
                    raise
        pairs.extend(pairs_of(page["Records"]))
        match page:
            case {"Records": [], "MillisBehindLatest": 0}:
                break
            case {"NextShardIterator": str(iterator)}:
                pass
            case _:
                break  # a closed shard
    return pairs[:at_most]


def start(stream_name, shard_id, offset=None):
    match offset:
        case None:
            where = {"ShardIteratorType": "TRIM_HORIZON"}
        case str():
            where = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": offset}
    match kinesis.get_shard_iterator(StreamName=stream_name, ShardId=shard_id, **where):
        case {"ShardIterator": iterator}:
            return iterator


def read_from_shard(stream_name, shard_id, max_records=50):
    return read(start(stream_name, shard_id), max_records)


def read_all_shards(stream_name):
    return {
        shard_id: read_from_shard(stream_name, shard_id)
        for shard_id in map(lambda shard: shard["ShardId"], get_shard_info(stream_name))
    }


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    return read(start(stream_name, shard_id, starting_sequence_number), max_records)
