# /// attack
# outcomes = ["wrong", "timed_out"]
# says = "read_"
# ///
"""Asks the cloud in JSON that is 8 MiB deep, has giant numbers, and values of types that nobody expects."""

import json
import socket

DEEP = b"[" * (8 << 20)
ODD = (
    None,
    True,
    -1,
    1.5,
    10**400,
    "",
    "\0",
    "x" * 5000,
    [],
    {},
    [[]],
    {"a": {}},
    [None],
    "\ud800",
)
OPERATIONS = {
    "AmazonSQS": {
        "CreateQueue": ("QueueName", "Attributes", "tags"),
        "SendMessage": (
            "QueueUrl",
            "MessageBody",
            "DelaySeconds",
            "MessageAttributes",
            "MessageSystemAttributes",
        ),
        "SendMessageBatch": ("QueueUrl", "Entries"),
        "ReceiveMessage": (
            "QueueUrl",
            "MaxNumberOfMessages",
            "WaitTimeSeconds",
            "VisibilityTimeout",
            "AttributeNames",
        ),
        "DeleteMessage": ("QueueUrl", "ReceiptHandle"),
        "ChangeMessageVisibility": ("QueueUrl", "ReceiptHandle", "VisibilityTimeout"),
        "ListQueues": ("QueueNamePrefix", "MaxResults", "NextToken"),
    },
    "Kinesis_20131202": {
        "CreateStream": ("StreamName", "ShardCount", "StreamModeDetails", "Tags"),
        "PutRecord": (
            "StreamName",
            "Data",
            "PartitionKey",
            "ExplicitHashKey",
            "SequenceNumberForOrdering",
        ),
        "PutRecords": ("StreamName", "Records"),
        "GetRecords": ("ShardIterator", "Limit"),
        "GetShardIterator": (
            "StreamName",
            "ShardId",
            "ShardIteratorType",
            "StartingSequenceNumber",
            "Timestamp",
        ),
        "ListShards": ("StreamName", "NextToken", "ShardFilter", "MaxResults"),
    },
}


def ask(target, body):
    head = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: {target}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", 4566)) as connection:
        try:
            connection.sendall(head.encode() + body)
            connection.recv(1 << 16)
        except OSError:
            pass


def ask_all(service, good):
    for operation, fields in OPERATIONS[service].items():
        for field in fields:
            for odd in ODD:
                ask(f"{service}.{operation}", json.dumps({**good, field: odd}).encode())


def read_queue_twice(queue_name, messages):
    if len(messages) == 0:
        for body in (
            DEEP,
            b'{"a":' * (1 << 20),
            b'{"QueueName":' + b"9" * (8 << 20),
            b"NaN",
            b"\xff\xfe{\0}\0",
        ):
            ask("AmazonSQS.CreateQueue", body)
    ask("AmazonSQS.CreateQueue", json.dumps({"QueueName": queue_name}).encode())
    ask_all(
        "AmazonSQS",
        {"QueueName": queue_name, "QueueUrl": f"http://127.0.0.1:4566/123456789012/{queue_name}"},
    )
    return 1


def read_log_twice(stream_name, messages):
    ask_all(
        "Kinesis_20131202",
        {"StreamName": stream_name, "ShardCount": 1, "Data": "eA==", "PartitionKey": "x"},
    )
    return 1
