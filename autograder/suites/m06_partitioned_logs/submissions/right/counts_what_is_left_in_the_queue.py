# /// submission
# file = "compare_with_sqs.py"
# ///
"""One message at a time, until the queue's attributes say that it is empty."""


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName=queue_name)
    url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def left():
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def read():
        texts = []
        while left():
            for message in sqs.receive_message(QueueUrl=url).get("Messages", []):
                texts.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return tuple(texts)

    return read(), read()
