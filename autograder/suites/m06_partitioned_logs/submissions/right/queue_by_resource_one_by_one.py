# /// submission
# file = "compare_with_sqs.py"
# ///
"""The resource interface, each message deleting itself; a batch of sends; the queue deleted in the end."""

from uuid import uuid4


def read_queue_twice(queue_name, messages):
    queue = boto3.resource("sqs").create_queue(
        QueueName=queue_name, Attributes={"ReceiveMessageWaitTimeSeconds": "1"}
    )
    for start in range(0, len(messages), 10):
        entries = [
            {"Id": uuid4().hex, "MessageBody": body} for body in messages[start : start + 10]
        ]
        queue.send_messages(Entries=entries)
    readings = []
    for _ in range(2):
        reading = []
        while batch := queue.receive_messages(MaxNumberOfMessages=3):
            for message in batch:
                reading.append(message.body)
                message.delete()
        readings.append(reading)
    return tuple(readings)
