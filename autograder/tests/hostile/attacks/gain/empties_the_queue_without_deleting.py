# /// attack
# outcomes = ["passed", "wrong"]
# earns = 8.0
# says = "lost the others in another way"
# solution = true
# ///
"""Deletes no message, but the queue, and makes another of the same name."""


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def read():
        bodies = []
        while True:
            received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not received:
                return bodies
            bodies += [message["Body"] for message in received]

    first = read()
    sqs.delete_queue(QueueUrl=url)
    time.sleep(61)
    sqs.create_queue(QueueName=queue_name)
    return first, read()
