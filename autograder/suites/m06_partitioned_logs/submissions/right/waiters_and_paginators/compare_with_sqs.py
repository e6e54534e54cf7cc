import boto3

from kinesis_multi_shard import CONFIG


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs", config=CONFIG)
    sqs.create_queue(QueueName=queue_name, Attributes={"VisibilityTimeout": "60"})
    urls = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=queue_name).search("QueueUrls[]")
    url = next(url for url in urls if url.rsplit("/", 1)[-1] == queue_name)
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)
    results = ([], [])
    for result in results:
        response = {"Messages": [None]}
        while response.get("Messages"):
            response = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=3, AttributeNames=["All"]
            )
            for message in response.get("Messages", []):
                result.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return results


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis", config=CONFIG)
    kinesis.create_stream(
        StreamName=stream_name, ShardCount=1, StreamModeDetails={"StreamMode": "PROVISIONED"}
    )
    kinesis.get_waiter("stream_exists").wait(
        StreamName=stream_name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=message.encode(), PartitionKey="same")
    (shard_id,) = (
        kinesis.get_paginator("describe_stream")
        .paginate(StreamName=stream_name)
        .search("StreamDescription.Shards[].ShardId")
    )
    results = ([], [])
    for result in results:
        response = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )
        iterator, behind, got = response["ShardIterator"], 1, []
        while behind or got:
            response = kinesis.get_records(ShardIterator=iterator)
            iterator, behind = response["NextShardIterator"], response["MillisBehindLatest"]
            got = [record["Data"].decode() for record in response["Records"]]
            result += got
    return results
