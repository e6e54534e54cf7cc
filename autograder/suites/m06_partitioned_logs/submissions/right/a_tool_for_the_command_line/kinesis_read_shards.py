#!/usr/bin/env python3
import json
import sys
import time
from optparse import OptionParser

from kinesis_multi_shard import get_shard_info, info, kinesis


def read_from_shard(stream_name, shard_id, max_records=50):
    client = kinesis()
    iterator = client.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )
    return follow(client, iterator["ShardIterator"], max_records)


def follow(client, iterator, max_records):
    pairs = []
    while iterator and len(pairs) < max_records:
        try:
            page = client.get_records(ShardIterator=iterator, Limit=min(max_records, 10000))
        except client.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        for record in page["Records"]:
            pair = (record["SequenceNumber"], json.loads(record["Data"]))
            info("%s %s" % pair)
            pairs.append(pair)
        if not (page["Records"] or page["MillisBehindLatest"]):
            break
        iterator = page.get("NextShardIterator")
    del pairs[max_records:]
    return pairs


def read_all_shards(stream_name):
    return {
        shard["ShardId"]: read_from_shard(stream_name, shard["ShardId"])
        for shard in get_shard_info(stream_name)
    }


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    client = kinesis()
    iterator = client.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return follow(client, iterator["ShardIterator"], max_records)


def main():
    parser = OptionParser(usage="%prog [--shard ID --offset NUMBER] STREAM")
    parser.add_option("--shard")
    parser.add_option("--offset")
    options, arguments = parser.parse_args()
    if len(arguments) != 1:
        parser.error("which stream?")
    if options.shard and options.offset:
        answer = replay_from_offset(arguments[0], options.shard, options.offset)
    else:
        answer = read_all_shards(arguments[0])
    json.dump(answer, sys.stdout, indent=4)


if __name__ == "__main__":
    main()
