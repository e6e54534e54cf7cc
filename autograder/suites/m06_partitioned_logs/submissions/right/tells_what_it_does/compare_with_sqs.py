import boto3
import time

sqs = boto3.client('sqs', region_name='us-east-1')
kinesis = boto3.client('kinesis', region_name='us-east-1')

def read_queue_twice(queue_name, messages):
    url = sqs.create_queue(QueueName=queue_name)['QueueUrl']
    print(f"Queue: {url}")
    for m in messages:
        response = sqs.send_message(QueueUrl=url, MessageBody=m)
        print(f"  sent {response['MessageId']}: {m!r}")

    rounds = []
    for number in (1, 2):
        print(f"Round {number}")
        got = []
        while True:
            response = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2)
            if 'Messages' not in response:
                break
            for m in response['Messages']:
                print(f"  got {m['Body']!r}")
                got.append(m['Body'])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=m['ReceiptHandle'])
        print(f"  {len(got)} messages")
        rounds.append(got)
    return rounds[0], rounds[1]

def read_log_twice(stream_name, messages):
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter('stream_exists').wait(StreamName=stream_name)
    for m in messages:
        kinesis.put_record(StreamName=stream_name, Data=m.encode('utf-8'), PartitionKey='x')
        time.sleep(0.1)

    shard_id = kinesis.describe_stream(StreamName=stream_name)['StreamDescription']['Shards'][0]['ShardId']
    rounds = []
    for number in (1, 2):
        print(f"Round {number}")
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType='TRIM_HORIZON'
        )['ShardIterator']
        got = []
        while True:
            response = kinesis.get_records(ShardIterator=iterator)
            for record in response['Records']:
                print(f"  got {record['Data'].decode('utf-8')!r}")
                got.append(record['Data'].decode('utf-8'))
            if not response['Records'] and response['MillisBehindLatest'] == 0:
                break
            iterator = response['NextShardIterator']
        rounds.append(got)
    return rounds[0], rounds[1]

if __name__ == '__main__':
    now = int(time.time())
    print(read_queue_twice(f'queue-{now}', ['a', 'b', 'c']))
    print(read_log_twice(f'log-{now}', ['a', 'b', 'c']))
