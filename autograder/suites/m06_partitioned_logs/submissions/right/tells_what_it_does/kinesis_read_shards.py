import boto3
import json
import time

kinesis = boto3.client('kinesis', region_name='us-east-1')

def read_from_shard(stream_name, shard_id, max_records=50):
    print("\n" + "-" * 60)
    print(f"Shard {shard_id}")
    print("-" * 60)

    response = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType='TRIM_HORIZON'
    )
    iterator = response['ShardIterator']
    result = []
    per_user = {}

    while iterator and len(result) < max_records:
        try:
            response = kinesis.get_records(ShardIterator=iterator, Limit=25)
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue

        for record in response['Records']:
            if len(result) == max_records:
                break
            data = json.loads(record['Data'])
            user = data['userId']
            action = data['action']
            per_user[user] = per_user.get(user, 0) + 1
            print(f"  {record['SequenceNumber'][:12]}... | {user:8s} | {action:9s} | {data['timestamp']}")
            result.append((record['SequenceNumber'], data))

        if not response['Records'] and response['MillisBehindLatest'] == 0:
            break
        iterator = response.get('NextShardIterator')

    print(f"{len(result)} events of {list(per_user.keys())}")
    for user, count in sorted(per_user.items()):
        print(f"    {user}: {count}")
    return result

def read_all_shards(stream_name):
    ids = []
    response = kinesis.list_shards(StreamName=stream_name)
    ids += [shard['ShardId'] for shard in response['Shards']]
    while 'NextToken' in response:
        response = kinesis.list_shards(NextToken=response['NextToken'])
        ids += [shard['ShardId'] for shard in response['Shards']]

    print(f"{stream_name}: {len(ids)} shards")
    result = {}
    for shard_id in ids:
        result[shard_id] = read_from_shard(stream_name, shard_id)
        time.sleep(1)
    return result

def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    print(f"\nAgain from {starting_sequence_number[:20]}...")
    response = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType='AT_SEQUENCE_NUMBER',
        StartingSequenceNumber=starting_sequence_number
    )
    iterator = response['ShardIterator']
    result = []
    while iterator and len(result) < max_records:
        try:
            response = kinesis.get_records(ShardIterator=iterator, Limit=min(max_records - len(result), 10000))
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        for record in response['Records']:
            data = json.loads(record['Data'])
            print(f"  ↻ {data['userId']} - {data['action']}")
            result.append((record['SequenceNumber'], data))
        if not response['Records'] and response['MillisBehindLatest'] == 0:
            break
        iterator = response.get('NextShardIterator')
    return result

def main():
    everything = read_all_shards('iot-sensor-data')
    for shard_id, records in everything.items():
        if records:
            replay_from_offset('iot-sensor-data', shard_id, records[0][0], 5)
            break

if __name__ == '__main__':
    main()
