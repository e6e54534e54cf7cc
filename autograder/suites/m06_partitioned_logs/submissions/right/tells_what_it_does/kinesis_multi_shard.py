# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""A first program: one client at the top, short pauses, and a line printed for each step."""
import boto3
import json
import time
from datetime import datetime

kinesis = boto3.client('kinesis', region_name='us-east-1')

def create_multi_shard_stream(stream_name, shard_count):
    print(f"Make {stream_name} with {shard_count} shards")
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
        print("  asked for it, now waiting ...")
    except kinesis.exceptions.ResourceInUseException:
        print("  ✓ it is there already")
    kinesis.get_waiter('stream_exists').wait(StreamName=stream_name)
    print("  ✓ ACTIVE\n")

def get_shard_info(stream_name):
    shards = []
    response = kinesis.describe_stream(StreamName=stream_name)
    shards.extend(response['StreamDescription']['Shards'])
    while response['StreamDescription']['HasMoreShards']:
        response = kinesis.describe_stream(
            StreamName=stream_name,
            ExclusiveStartShardId=shards[-1]['ShardId']
        )
        shards.extend(response['StreamDescription']['Shards'])

    print("#" * 50)
    print(f"# {stream_name}: {response['StreamDescription']['StreamStatus']}")
    for i, shard in enumerate(shards):
        start = shard['HashKeyRange']['StartingHashKey']
        end = shard['HashKeyRange']['EndingHashKey']
        print(f"# {i}. {shard['ShardId']}: {start[:8]}… – {end[:8]}…")
    print("#" * 50)
    return shards

def send_events_to_shards(stream_name, num_events=30):
    people = ['alice', 'bob', 'charlie', 'diana', 'eve']
    what = ['login', 'view_page', 'click', 'logout']
    where = {}

    for i in range(num_events):
        person = people[i % 5]
        event = {
            'eventId': i,
            'userId': person,
            'action': what[i % 4],
            'timestamp': datetime.utcnow().isoformat() + 'Z'
        }

        # keep trying while kinesis says "too fast"
        tries = 0
        while True:
            try:
                response = kinesis.put_record(
                    StreamName=stream_name,
                    Data=json.dumps(event),
                    PartitionKey=person
                )
                break
            except kinesis.exceptions.ProvisionedThroughputExceededException:
                tries += 1
                print(f"  … too fast, try {tries + 1}")
                time.sleep(1)

        if person not in where:
            where[person] = response['ShardId']
        print(f"  {i:3d} {person:8s} {event['action']:9s} → {response['ShardId']} @ {response['SequenceNumber'][:12]}...")
        time.sleep(0.1)

    print("\nWho is where:")
    for person in sorted(where):
        print(f"  {person:8s} → {where[person]}")
    print("\n✓ done")
    return where

def delete_stream(stream_name):
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        print(f"✗ there is no {stream_name}")
        return
    kinesis.get_waiter('stream_not_exists').wait(StreamName=stream_name)
    print(f"✓ {stream_name} is gone")

def main():
    create_multi_shard_stream('iot-sensor-data', 4)
    get_shard_info('iot-sensor-data')
    send_events_to_shards('iot-sensor-data', 30)

if __name__ == '__main__':
    main()
