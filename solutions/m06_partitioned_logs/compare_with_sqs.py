"""Compare a queue with a log: read each of them twice, and see what is left.

Region and endpoint come from the environment (AWS_DEFAULT_REGION, AWS_ENDPOINT_URL). The
requirements, B1 to B4, are explained in README.md.
"""

import time

import boto3


def read_queue_twice(queue_name: str, messages: list[str]) -> tuple[list[str], list[str]]:
    """Send messages to an SQS queue and read it twice.

    B1: Create the queue, send the messages, receive and delete them all, and receive again.
        Return (first, second): first has each message once, in any order; second is empty.
    B2: Afterwards the queue still exists and is empty: no message is visible or in flight.
    B4: It works with an empty list, with equal messages, and with any text that SQS accepts.
    """
    ### BEGIN SOLUTION
    sqs = boto3.client("sqs")
    queue_url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=queue_url, MessageBody=message)

    def receive_all() -> list[str]:
        bodies: list[str] = []
        while True:
            # A long poll asks all of SQS's servers, so an empty answer means an empty queue.
            answer = sqs.receive_message(
                QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            received = answer.get("Messages", [])
            for message in received:
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            if not received:
                return bodies

    return receive_all(), receive_all()
    ### END SOLUTION


def read_log_twice(stream_name: str, messages: list[str]) -> tuple[list[str], list[str]]:
    """Send messages to a Kinesis stream of one shard and read it twice from the start.

    B3: Create the stream, wait until it is ACTIVE, and send the messages in order, each as its
        UTF-8 bytes. Return (first, second): both have the messages, in order (an empty page is
        not the end here, either). Do not delete the stream.
    B4: It works with an empty list, with equal messages, and with any text that SQS accepts.
    """
    ### BEGIN SOLUTION
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=stream_name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for message in messages:
        kinesis.put_record(StreamName=stream_name, Data=message.encode(), PartitionKey="any")
    shard_id = kinesis.list_shards(StreamName=stream_name)["Shards"][0]["ShardId"]

    def read() -> list[str]:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        texts: list[str] = []
        while True:
            page = kinesis.get_records(ShardIterator=iterator)
            texts += [record["Data"].decode() for record in page["Records"]]
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                return texts
            iterator = page["NextShardIterator"]

    return read(), read()
    ### END SOLUTION


def main() -> None:
    """Show the difference: reading empties a queue, but not a log."""
    unique = int(time.time())
    messages = ["door opened", "light on", "light off", "door closed"]
    first, second = read_queue_twice(f"smart-home-{unique}", messages)
    print(f"queue: {len(first)} messages the first time, {len(second)} the second time")
    first, second = read_log_twice(f"smart-home-{unique}", messages)
    print(f"log:   {len(first)} messages the first time, {len(second)} the second time")


if __name__ == "__main__":
    main()
