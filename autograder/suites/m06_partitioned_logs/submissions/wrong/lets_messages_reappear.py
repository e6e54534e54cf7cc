# /// submission
# file = "compare_with_sqs.py"
# fails = [
#   "brokers/queue_hands_out_each_message_once",
#   "brokers/queue_with_more_than_ten_messages",
#   "brokers/nothing_is_left_in_the_queue",
#   "brokers/equal_messages_and_any_text",
# ]
# ///
"""Makes messages visible again as soon as they are received, and deletes none."""


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def drain():
        bodies = []
        while True:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            received = answer.get("Messages", [])
            for message in received:
                bodies.append(message["Body"])
            if len(bodies) >= len(messages):
                return bodies

    return drain(), drain()
