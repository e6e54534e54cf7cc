# /// submission
# file = "compare_with_sqs.py"
# ///
"""A queue with a dead-letter queue, a policy and long polls set up as attributes."""

import json


def read_queue_twice(queue_name, messages):
    sqs = boto3.client("sqs")
    dead_url = sqs.create_queue(QueueName=f"{queue_name[:70]}-dead")["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])[
        "Attributes"
    ]["QueueArn"]
    redrive = {"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3}
    url = sqs.create_queue(
        QueueName=queue_name,
        Attributes={
            "RedrivePolicy": json.dumps(redrive),
            "VisibilityTimeout": "60",
            "ReceiveMessageWaitTimeSeconds": "5",
        },
    )["QueueUrl"]
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead_url)["queueUrls"] == [url]
    for message in messages:
        sqs.send_message(QueueUrl=url, MessageBody=message)

    def receive_all():
        bodies = []
        while received := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages"):
            for message in received:
                assert int(message["Attributes"]["ApproximateReceiveCount"]) == 1
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    first, second = receive_all(), receive_all()
    dead = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["All"])["Attributes"]
    print("dead letters:", dead["ApproximateNumberOfMessages"])
    return first, second
