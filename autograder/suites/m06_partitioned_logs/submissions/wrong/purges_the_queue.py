# /// submission
# file = "compare_with_sqs.py"
# fails = ["brokers/nothing_is_left_in_the_queue"]
# ///
"""Purges the queue instead of deleting what was received."""


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)
    first = []
    while len(first) < len(messages):
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        first += [message["Body"] for message in got.get("Messages", [])]
    sqs.purge_queue(QueueUrl=url)
    return first, []
