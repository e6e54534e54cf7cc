import json
from functools import partial
from itertools import chain, islice
from operator import itemgetter

from kinesis_multi_shard import aws, get_shard_info, patient, unfold

iterator_at = lambda stream_name, shard_id, **start: aws.kinesis.get_shard_iterator(
    StreamName=stream_name, ShardId=shard_id, **start
)["ShardIterator"]
oldest = partial(iterator_at, ShardIteratorType="TRIM_HORIZON")
as_pair = lambda record: (record["SequenceNumber"], json.loads(record["Data"]))


def page(iterator):
    answer = patient(partial(aws.kinesis.get_records, ShardIterator=iterator, Limit=100))
    more = bool(answer["Records"] or answer["MillisBehindLatest"])
    return answer["Records"], answer.get("NextShardIterator") if more else None


def take(iterator, count):
    return list(islice(map(as_pair, chain.from_iterable(unfold(page, iterator))), count))


def read_from_shard(stream_name, shard_id, max_records=50):
    return take(oldest(stream_name, shard_id), max_records)


def read_all_shards(stream_name):
    ids = [*map(itemgetter("ShardId"), get_shard_info(stream_name))]
    return dict(zip(ids, map(partial(read_from_shard, stream_name), ids)))


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    at = partial(iterator_at, ShardIteratorType="AT_SEQUENCE_NUMBER")
    return take(
        at(stream_name, shard_id, StartingSequenceNumber=starting_sequence_number), max_records
    )
