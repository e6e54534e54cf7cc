# /// submission
# file = "compare_with_sqs.py"
# ///
"""Sends the messages through a FIFO queue as well, and checks that it keeps their order."""


def _drain(sqs, url):
    bodies = []
    while received := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
    ).get("Messages"):
        bodies += [message["Body"] for message in received]
        sqs.delete_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]}
                for i, message in enumerate(received)
            ],
        )
    return bodies


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    fifo = sqs.create_queue(
        QueueName=f"{queue_name[:75]}.fifo", Attributes={"FifoQueue": str(True)}
    )["QueueUrl"]
    numbers = [
        int(
            sqs.send_message(
                QueueUrl=fifo,
                MessageBody=message,
                MessageGroupId="all",
                MessageDeduplicationId=str(position),
            )["SequenceNumber"]
        )
        for position, message in enumerate(messages)
    ]
    assert numbers == sorted(set(numbers))
    assert _drain(sqs, fifo) == messages

    standard = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=standard, MessageBody=message)
    return _drain(sqs, standard), _drain(sqs, standard)
