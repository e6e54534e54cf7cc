# /// submission
# file = "compare_with_sqs.py"
# fails = ["brokers/equal_messages_and_any_text"]
# ///
"""Sends each text once."""


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in dict.fromkeys(messages):
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def drain():
        bodies = []
        while True:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            received = answer.get("Messages", [])
            for message in received:
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if not received:
                return bodies

    return drain(), drain()
