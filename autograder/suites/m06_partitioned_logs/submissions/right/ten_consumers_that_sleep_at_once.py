# /// submission
# file = "compare_with_sqs.py"
# ///
"""Ten consumers sleep half a minute after each empty poll, and stop at the third in a row."""

from concurrent.futures import ThreadPoolExecutor


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def consume():
        bodies, empty_polls = [], 0
        while empty_polls < 3:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            received = answer.get("Messages", [])
            for message in received:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
            if received:
                empty_polls = 0
            else:
                empty_polls += 1
                time.sleep(30)
        return bodies

    with ThreadPoolExecutor(10) as pool:
        consumers = [pool.submit(consume) for _ in range(10)]
        first = [body for consumer in consumers for body in consumer.result()]
    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    return first, [message["Body"] for message in answer.get("Messages", [])]
