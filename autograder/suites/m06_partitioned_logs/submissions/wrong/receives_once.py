# /// submission
# file = "compare_with_sqs.py"
# fails = ["brokers/queue_with_more_than_ten_messages"]
# ///
"""Asks the queue once for each reading, though one answer holds ten messages at most."""


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    queue_url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=queue_url, MessageBody=message)

    def receive():
        received = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
        for message in received.get("Messages", []):
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in received.get("Messages", [])]

    return receive(), receive()
