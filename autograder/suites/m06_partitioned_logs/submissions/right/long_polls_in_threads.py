# /// submission
# file = "compare_with_sqs.py"
# ///
"""Two consumers wait in long polls while a producer sends; each stops at its first empty poll."""

from concurrent.futures import ThreadPoolExecutor


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(
        QueueName=queue_name, Attributes={"ReceiveMessageWaitTimeSeconds": "10"}
    )["QueueUrl"]

    def consume():
        bodies = []
        while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=5).get("Messages"):
            for message in received:
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def produce():
        for message in messages:
            time.sleep(0.5)
            sqs.send_message(QueueUrl=url, MessageBody=message)

    with ThreadPoolExecutor(3) as pool:
        consumers = [pool.submit(consume) for _ in range(2)]
        pool.submit(produce).result()
        first = [body for consumer in consumers for body in consumer.result()]
    return first, consume()
