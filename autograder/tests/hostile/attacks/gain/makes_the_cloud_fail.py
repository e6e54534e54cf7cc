# /// attack
# outcomes = ["wrong"]
# says = "returned 'the cloud stands'"
# ///
"""Sends the cloud what no SDK would send, so that it fails and the grader is to blame for the rest."""

import http.client
import json
import os

OPERATIONS = {
    "Kinesis_20131202": "CreateStream DeleteStream DescribeStream ListStreams ListShards PutRecord "
    "PutRecords GetRecords GetShardIterator SplitShard MergeShards AddTagsToStream "
    "IncreaseStreamRetentionPeriod UpdateShardCount DescribeStreamSummary",
    "AmazonSQS": "CreateQueue GetQueueUrl ListQueues SendMessage SendMessageBatch ReceiveMessage "
    "DeleteMessage DeleteMessageBatch DeleteQueue SetQueueAttributes GetQueueAttributes "
    "ChangeMessageVisibility PurgeQueue",
}
NAMES = (
    "StreamName StreamARN ShardCount ShardId ShardIteratorType ShardIterator Data PartitionKey "
    "ExplicitHashKey Records Limit NextToken StartingSequenceNumber Timestamp QueueName QueueUrl "
    "MessageBody Entries ReceiptHandle MaxNumberOfMessages WaitTimeSeconds Attributes Id "
    "VisibilityTimeout DelaySeconds AttributeNames MessageAttributes Tags TargetShardCount"
).split()
ODD = [None, True, -1, 1e308, 10**30, "", "\0", "\ud800", "x" * 9999, [], [[]], {}, [{}], {"": {}}]


def send(connection, target, parameters):
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    connection.request("POST", "/", json.dumps(parameters), headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status >= 500:
        raise RuntimeError(f"{target} {str(parameters)[:300]} made it fail: {body[:300]}")


def attack(service, name, messages):
    host = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=2)
    right = {"StreamName": name, "QueueName": name, "ShardCount": 1}
    send(connection, f"{service}.Create{'Stream' if service[0] == 'K' else 'Queue'}", right)
    right |= {
        "QueueUrl": f"http://{host}/123456789012/{name}",
        "ShardId": "shardId-000000000000",
        "PartitionKey": "any",
        "Data": "YQ==",
        "MessageBody": "a",
    }
    turn = sum(map(ord, name))
    for index, operation in enumerate(OPERATIONS[service].split()):
        if operation.startswith("Delete") and operation[6:] in ("Stream", "Queue"):
            continue
        for offset in range(12):
            odd = ODD[(turn + index + offset) % len(ODD)]
            field = NAMES[(turn * 7 + index * 5 + offset * 11) % len(NAMES)]
            send(connection, f"{service}.{operation}", {**right, field: odd})
    return "the cloud stands"


def read_queue_twice(queue_name, messages):
    return attack("AmazonSQS", queue_name, messages)


def read_log_twice(stream_name, messages):
    return attack("Kinesis_20131202", stream_name, messages)
