# /// script
# dependencies = ["boto3==1.44.5"]
# ///
"""boto3's resource of SQS: queue, dead-letter queue, batches, collections."""

import json

import boto3

sqs = boto3.resource("sqs")
dead = sqs.create_queue(QueueName="resource-dead")
queue = sqs.create_queue(
    QueueName="resource",
    Attributes={
        "RedrivePolicy": json.dumps(
            {"deadLetterTargetArn": dead.attributes["QueueArn"], "maxReceiveCount": 1}
        ),
        "VisibilityTimeout": "0",
    },
)
assert sqs.get_queue_by_name(QueueName="resource") == queue
assert list(dead.dead_letter_source_queues.all()) == [queue]
sent = queue.send_messages(Entries=[{"Id": str(i), "MessageBody": f"m{i}"} for i in range(10)])
assert len(sent["Successful"]) == 10
queue.send_message(
    MessageBody="attributes",
    MessageAttributes={"colour": {"StringValue": "red", "DataType": "String"}},
)
messages = queue.receive_messages(MaxNumberOfMessages=10, VisibilityTimeout=60)
assert [message.body for message in messages] == [f"m{i}" for i in range(10)]
messages[0].change_visibility(VisibilityTimeout=120)
messages[0].delete()
queue.delete_messages(
    Entries=[
        {"Id": message.message_id, "ReceiptHandle": message.receipt_handle}
        for message in messages[1:]
    ]
)
(last,) = queue.receive_messages(MessageAttributeNames=["All"])
assert last.message_attributes["colour"]["StringValue"] == "red"
assert queue.receive_messages() == []  # it has gone to the dead-letter queue
assert [message.body for message in dead.receive_messages()] == ["attributes"]
for each in (queue, dead):
    each.delete()
assert [each.url for each in sqs.queues.filter(QueueNamePrefix="resource")] == []
