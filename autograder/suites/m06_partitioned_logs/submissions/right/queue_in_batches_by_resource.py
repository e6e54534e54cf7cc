# /// submission
# file = "compare_with_sqs.py"
# ///
"""The resource interface of SQS, sending and deleting ten messages at a time."""


def read_queue_twice(queue_name, messages):
    queue = boto3.resource("sqs").create_queue(QueueName=queue_name)
    for start in range(0, len(messages), 10):
        part = messages[start : start + 10]
        queue.send_messages(
            Entries=[{"Id": str(i), "MessageBody": text} for i, text in enumerate(part)]
        )

    def drain():
        texts = []
        while received := queue.receive_messages(MaxNumberOfMessages=10, WaitTimeSeconds=2):
            texts += [one.body for one in received]
            queue.delete_messages(
                Entries=[
                    {"Id": str(i), "ReceiptHandle": one.receipt_handle}
                    for i, one in enumerate(received)
                ]
            )
        return texts

    first = drain()
    return [first, drain()]
