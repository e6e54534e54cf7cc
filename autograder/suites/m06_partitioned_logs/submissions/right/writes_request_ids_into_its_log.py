# /// submission
# file = "compare_with_sqs.py"
# ///
"""Logs the request id, the date and the number of attempts of every answer, and those of an error."""

import logging

log = logging.getLogger("brokers")


def _noted(answer):
    metadata = answer["ResponseMetadata"]
    log.warning(
        "%s %s at %s, attempt %d",
        metadata["HTTPStatusCode"],
        metadata["RequestId"],
        metadata["HTTPHeaders"]["date"],
        metadata["RetryAttempts"] + 1,
    )
    return answer


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    try:
        sqs.get_queue_url(QueueName=queue_name)
    except sqs.exceptions.QueueDoesNotExist as error:
        _noted(error.response)
    url = _noted(sqs.create_queue(QueueName=queue_name))["QueueUrl"]
    for message in messages:
        _noted(sqs.send_message(QueueUrl=url, MessageBody=message))

    def receive_all():
        bodies = []
        while True:
            answer = _noted(
                sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            )
            if "Messages" not in answer:
                return bodies
            for message in answer["Messages"]:
                bodies.append(message["Body"])
                _noted(sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]))

    return receive_all(), receive_all()


def read_log_twice(stream_name, messages):
    kinesis = boto3.client("kinesis")
    _noted(kinesis.create_stream(StreamName=stream_name, ShardCount=1))
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    for message in messages:
        _noted(
            kinesis.put_record(StreamName=stream_name, Data=message.encode(), PartitionKey="any")
        )
    shard = _noted(kinesis.list_shards(StreamName=stream_name))["Shards"][0]["ShardId"]

    def read():
        iterator = _noted(
            kinesis.get_shard_iterator(
                StreamName=stream_name, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
            )
        )["ShardIterator"]
        texts = []
        while True:
            page = _noted(kinesis.get_records(ShardIterator=iterator))
            texts += [record["Data"].decode() for record in page["Records"]]
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                return texts
            iterator = page["NextShardIterator"]

    return read(), read()
