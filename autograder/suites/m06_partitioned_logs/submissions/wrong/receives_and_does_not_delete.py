# /// submission
# file = "compare_with_sqs.py"
# fails = ["brokers/nothing_is_left_in_the_queue"]
# ///
"""Receives messages without deleting them: they are hidden for a while, and come back."""


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    queue_url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=queue_url, MessageBody=message)

    def receive_all():
        bodies = []
        while True:
            answer = sqs.receive_message(
                QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            if not answer.get("Messages"):
                return bodies
            bodies += [message["Body"] for message in answer["Messages"]]

    return receive_all(), receive_all()
