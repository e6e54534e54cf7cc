"""Read a partitioned log: each shard from its oldest record, or again from any offset.

Region and endpoint come from the environment (AWS_DEFAULT_REGION, AWS_ENDPOINT_URL). The
requirements, R1 to R6 and P1 to P4, are explained in README.md.
"""

import json
import time

import boto3

Pair = tuple[str, dict]
"""A record: its sequence number, and the event that was decoded from its data."""


def read_from_shard(stream_name: str, shard_id: str, max_records: int = 50) -> list[Pair]:
    """Read the oldest records of one shard.

    R1: Return a list of (sequence number, event) pairs, the oldest record first. The sequence
        number is the string that Kinesis gives; the event is the decoded JSON.
    R2: An empty page is not the end. Go on until you are caught up (nothing returned and
        MillisBehindLatest 0), and then stop.
    R3: A closed shard ends with an answer without NextShardIterator.
    R4: Return at most `max_records` pairs, the oldest ones; 0 gives an empty list.
    R6: When GetRecords is throttled, up to 8 times in a row, wait and go on: nothing is lost,
        nothing is returned twice.
    """
    ### BEGIN SOLUTION
    kinesis = boto3.client("kinesis")
    answer = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )
    return follow_iterator(kinesis, answer["ShardIterator"], max_records)
    ### END SOLUTION


def follow_iterator(kinesis, iterator: str, max_records: int) -> list[Pair]:
    """Collect the pairs that an iterator leads to. Reading and replaying can share this step.

    This helper is yours: the grader does not call it, and you may change or remove it.
    """
    ### BEGIN SOLUTION
    pairs: list[Pair] = []
    pause = 0.1
    while iterator and len(pairs) < max_records:
        limit = min(max_records - len(pairs), 10_000)
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=limit)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(pause)
            pause = min(pause * 2, 5)
            continue
        pairs += [
            (record["SequenceNumber"], json.loads(record["Data"])) for record in page["Records"]
        ]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
        pause = 0.1
    return pairs
    ### END SOLUTION


def read_all_shards(stream_name: str) -> dict[str, list[Pair]]:
    """Read every shard of a stream.

    R5: Return a dict that maps each shard id, from all pages of the listing, to the list that
        read_from_shard returns with its default max_records. Include empty and closed shards.
    """
    ### BEGIN SOLUTION
    paginator = boto3.client("kinesis").get_paginator("describe_stream")
    pages = paginator.paginate(StreamName=stream_name)
    shards = [shard for page in pages for shard in page["StreamDescription"]["Shards"]]
    return {shard["ShardId"]: read_from_shard(stream_name, shard["ShardId"]) for shard in shards}
    ### END SOLUTION


def replay_from_offset(
    stream_name: str, shard_id: str, starting_sequence_number: str, max_records: int = 10
) -> list[Pair]:
    """Read one shard again from an offset.

    P1: Return the same kind of pairs as read_from_shard, from the record at the given offset
        (included) to the end of the shard. R2, R3 and R6 hold here too.
    P2: Return at most `max_records` pairs; 0 gives an empty list.
    P3: If Kinesis rejects the offset, or the shard does not exist, the caller sees the error.
    P4: A replay changes nothing and can be repeated. It returns what the log holds at that time.
    """
    ### BEGIN SOLUTION
    kinesis = boto3.client("kinesis")
    answer = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    return follow_iterator(kinesis, answer["ShardIterator"], max_records)
    ### END SOLUTION


def main() -> None:
    """Read every shard, then go back in time and replay part of a shard."""
    stream_name = "iot-sensor-data"
    shards = read_all_shards(stream_name)
    for shard_id, pairs in shards.items():
        users = sorted({event["userId"] for _, event in pairs})
        print(f"{shard_id}: {len(pairs)} events of {', '.join(users) or 'nobody'}")
        for offset, event in pairs:
            print(f"  {offset}  {event['eventId']:>3}  {event['userId']:8} {event['action']}")
    shard_id, pairs = max(shards.items(), key=lambda item: len(item[1]))
    if pairs:
        middle, _ = pairs[len(pairs) // 2]
        print(f"Replaying {shard_id} from offset {middle}:")
        for _, event in replay_from_offset(stream_name, shard_id, middle):
            print(f"  event {event['eventId']} of {event['userId']}")


if __name__ == "__main__":
    main()
