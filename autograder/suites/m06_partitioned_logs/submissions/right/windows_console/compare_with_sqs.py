# /// submission
# file = "compare_with_sqs.py"
# alone = true
# ///
"""Written on Windows: UTF-8 forced on the console, byte order marks, CRLF, tabs, colours."""
import codecs
import locale
import os
import sys

import boto3

# cp1252 cannot print the check mark
if sys.stdout.encoding != "cp65001":
    sys.stdout = codecs.getwriter("utf-8")(sys.stdout.detach())
    sys.stdout.encoding = "utf-8"
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
if os.name == "nt":
    os.system("color")


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)
    print("\033[92m✓ {} Nachrichten gesendet\033[0m".format(len(messages)))

    def receive():
        bodies = []
        while True:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            if not answer.get("Messages"):
                return bodies
            for message in answer["Messages"]:
                print("  →", message["Body"], flush=True)
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    return receive(), receive()


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=bytes(message, "utf-8"), PartitionKey="1")
    shard_id = kinesis.list_shards(StreamName=stream_name)["Shards"][0]["ShardId"]

    def read():
        texts = []
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while True:
            page = kinesis.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                texts.append(record["Data"].decode("utf-8"))
                sys.stdout.write("  → " + texts[-1] + os.linesep)
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                return texts
            iterator = page["NextShardIterator"]

    return read(), read()


if __name__ == "__main__":
    read_queue_twice("test", ["äöü", "ß"])
    read_log_twice("test", ["äöü", "ß"])
    input("Enter drücken ...")
