"""The gate under fuzzing: conversations of AWS operations with valid form and wrong content.

The same properties must hold as for any bytes.
"""

import json
import random
from typing import Any

from autograder.tests.fuzz import conversation
from autograder.tests.fuzz.gate import Caller, request
from autograder.tests.fuzz.target import MutateBytes


class CallsTarget:
    """The gate and the cloud behind it, fed with a conversation."""

    def __init__(self) -> None:
        self._caller = Caller()
        self.seeds = SEEDS

    def __call__(self, data: bytes) -> None:
        """Feed one input."""
        self._caller.begin()
        cloud = self._caller.cloud
        cloud.kinesis.put("s", b"x", "k")
        cloud.sqs.create_queue("q")
        cloud.sqs.send("q", "m")
        known: dict[str, str] = {}
        for operation, parameters in conversation.steps_of(data):
            body = json.dumps(conversation.filled_in(parameters, known)).encode()
            _, answer = self._caller.say(request(operation, body))
            known.update(conversation.texts_in(answer))
        self._caller.end()

    def mutate(
        self, data: bytes, size: int, rng: random.Random, mutate_bytes: MutateBytes
    ) -> bytes:
        """Change an input that is a conversation."""
        steps = conversation.changed(conversation.steps_of(data), rng, mutate_bytes)
        written = conversation.written(steps)
        return written if len(written) <= size else data[:size]


def _calls(*steps: tuple[str, Any]) -> bytes:
    return conversation.written(list(steps))


_PLACE = {"StreamName": "s", "ShardId": "shardId-000000000000"}

SEEDS: tuple[bytes, ...] = (
    _calls(("kinesis.PutRecord", {"StreamName": "s", "Data": "eA=="})),
    _calls(
        ("kinesis.CreateStream", {"StreamName": "t", "ShardCount": 2}),
        ("kinesis.DescribeStream", {"StreamName": "t", "Limit": 1}),
        ("kinesis.DescribeStreamSummary", {"StreamName": "t"}),
        ("kinesis.ListShards", {"StreamName": "t", "MaxResults": 1}),
        ("kinesis.ListShards", {"NextToken": "$NextToken"}),
        ("kinesis.ListStreams", {"Limit": 1}),
        ("kinesis.DeleteStream", {"StreamName": "t"}),
    ),
    _calls(
        ("kinesis.PutRecord", {"StreamName": "s", "PartitionKey": "k", "Data": "eA=="}),
        ("kinesis.PutRecords", {"StreamName": "s", "Records": [
            {"PartitionKey": "k", "Data": "eA==", "ExplicitHashKey": "0"}]}),
        ("kinesis.GetShardIterator", _PLACE | {"ShardIteratorType": "TRIM_HORIZON"}),
        ("kinesis.GetRecords", {"ShardIterator": "$ShardIterator", "Limit": 1}),
        ("kinesis.GetRecords", {"ShardIterator": "$NextShardIterator"}),
        ("kinesis.GetShardIterator", _PLACE | {"ShardIteratorType": "AT_SEQUENCE_NUMBER",
                                               "StartingSequenceNumber": "$SequenceNumber"}),
        ("kinesis.GetShardIterator", _PLACE | {"ShardIteratorType": "AT_TIMESTAMP",
                                               "Timestamp": 1.5}),
    ),
    _calls(
        ("kinesis.SplitShard", {"StreamName": "s", "ShardToSplit": "shardId-000000000000",
                                "NewStartingHashKey": "1000"}),
        ("kinesis.MergeShards", {"StreamName": "s", "ShardToMerge": "shardId-000000000002",
                                 "AdjacentShardToMerge": "shardId-000000000003"}),
        ("kinesis.UpdateShardCount", {"StreamName": "s", "TargetShardCount": 4,
                                      "ScalingType": "UNIFORM_SCALING"}),
        ("kinesis.UpdateShardCount", {"StreamName": "s", "TargetShardCount": 0,
                                      "ScalingType": "UNIFORM_SCALING"}),
        ("kinesis.SplitShard", {"StreamName": "s", "ShardToSplit": "shardId-000000000001",
                                "NewStartingHashKey": "0x7"}),
    ),
    _calls(
        ("kinesis.DescribeStream", {"StreamName": "s"}),
        ("kinesis.RegisterStreamConsumer", {"StreamARN": "$StreamARN", "ConsumerName": "c"}),
        ("kinesis.ListStreamConsumers", {"StreamARN": "$StreamARN"}),
        ("kinesis.DescribeStreamConsumer", {"ConsumerARN": "$ConsumerARN"}),
        ("kinesis.DeregisterStreamConsumer", {"ConsumerARN": "$ConsumerARN"}),
        ("kinesis.ListStreamConsumers", {"StreamARN": "none", "NextToken": "x"}),
    ),
    _calls(
        ("kinesis.AddTagsToStream", {"StreamName": "s", "Tags": {"a": "b"}}),
        ("kinesis.ListTagsForStream", {"StreamName": "s", "Limit": 1}),
        ("kinesis.RemoveTagsFromStream", {"StreamName": "s", "TagKeys": ["a"]}),
        ("kinesis.IncreaseStreamRetentionPeriod", {"StreamName": "s", "RetentionPeriodHours": 48}),
        ("kinesis.DecreaseStreamRetentionPeriod", {"StreamName": "s", "RetentionPeriodHours": 24}),
        ("kinesis.EnableEnhancedMonitoring", {"StreamName": "s", "ShardLevelMetrics": ["ALL"]}),
        ("kinesis.DisableEnhancedMonitoring", {"StreamName": "s", "ShardLevelMetrics": ["ALL"]}),
        ("kinesis.StartStreamEncryption", {"StreamName": "s", "EncryptionType": "KMS",
                                           "KeyId": "k"}),
        ("kinesis.StopStreamEncryption", {"StreamName": "s", "EncryptionType": "KMS",
                                          "KeyId": "k"}),
        ("kinesis.DescribeLimits", {}),
    ),
    _calls(
        ("kinesis.DescribeStream", {"StreamName": "s"}),
        ("kinesis.PutResourcePolicy", {"ResourceARN": "$StreamARN", "Policy": "{}"}),
        ("kinesis.GetResourcePolicy", {"ResourceARN": "$StreamARN"}),
        ("kinesis.DeleteResourcePolicy", {"ResourceARN": "$StreamARN"}),
        ("kinesis.UpdateStreamMode", {"StreamARN": "$StreamARN",
                                      "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
    ),
    _calls(
        ("sqs.CreateQueue", {"QueueName": "p", "Attributes": {"VisibilityTimeout": "1"},
                             "tags": {"a": "b"}}),
        ("sqs.GetQueueUrl", {"QueueName": "p"}),
        ("sqs.ListQueues", {"QueueNamePrefix": "(a+)+$", "MaxResults": 1}),
        ("sqs.SendMessage", {"QueueUrl": "p", "MessageBody": "<RequestId>&Action=DeleteQueue&",
                             "MessageAttributes": {"a": {"DataType": "Binary",
                                                         "BinaryValue": "eA=="}}}),
        ("sqs.ReceiveMessage", {"QueueUrl": "p", "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20,
                                "AttributeNames": ["All"], "MessageAttributeNames": [".*"]}),
        ("sqs.ChangeMessageVisibility", {"QueueUrl": "p", "ReceiptHandle": "$ReceiptHandle",
                                         "VisibilityTimeout": 0}),
        ("sqs.DeleteMessage", {"QueueUrl": "p", "ReceiptHandle": "$ReceiptHandle"}),
        ("sqs.DeleteQueue", {"QueueUrl": "p"}),
    ),
    _calls(
        ("sqs.SendMessageBatch", {"QueueUrl": "q", "Entries": [
            {"Id": "a", "MessageBody": "m", "DelaySeconds": 1}]}),
        ("sqs.ReceiveMessage", {"QueueUrl": "q"}),
        ("sqs.ChangeMessageVisibilityBatch", {"QueueUrl": "q", "Entries": [
            {"Id": "a", "ReceiptHandle": "$ReceiptHandle", "VisibilityTimeout": 1}]}),
        ("sqs.DeleteMessageBatch", {"QueueUrl": "q", "Entries": [
            {"Id": "a", "ReceiptHandle": "$ReceiptHandle"}]}),
        ("sqs.SetQueueAttributes", {"QueueUrl": "q", "Attributes": {"DelaySeconds": "900"}}),
        ("sqs.GetQueueAttributes", {"QueueUrl": "q", "AttributeNames": ["All"]}),
        ("sqs.TagQueue", {"QueueUrl": "q", "Tags": {"a": "b"}}),
        ("sqs.ListQueueTags", {"QueueUrl": "q"}),
        ("sqs.UntagQueue", {"QueueUrl": "q", "TagKeys": ["a"]}),
        ("sqs.PurgeQueue", {"QueueUrl": "q"}),
    ),
    _calls(
        ("sqs.CreateQueue", {"QueueName": "f.fifo", "Attributes": {
            "FifoQueue": "true", "ContentBasedDeduplication": "true"}}),
        ("sqs.SendMessage", {"QueueUrl": "f.fifo", "MessageBody": "m", "MessageGroupId": "g"}),
        ("sqs.SendMessage", {"QueueUrl": "f.fifo", "MessageBody": "m", "MessageGroupId": "g",
                             "MessageDeduplicationId": "d"}),
        ("sqs.ReceiveMessage", {"QueueUrl": "f.fifo"}),
        ("sqs.ListDeadLetterSourceQueues", {"QueueUrl": "q"}),
        ("sqs.AddPermission", {"QueueUrl": "q", "Label": "l", "AWSAccountIds": ["1"],
                               "Actions": ["*"]}),
        ("sqs.RemovePermission", {"QueueUrl": "q", "Label": "l"}),
        ("sqs.SetQueueAttributes", {"QueueUrl": "q", "Attributes": {"Policy": "{}"}}),
        ("sqs.AddPermission", {"QueueUrl": "q", "Label": "m", "AWSAccountIds": ["1"],
                               "Actions": ["*"]}),
        ("sqs.RemovePermission", {"QueueUrl": "q", "Label": "m"}),
        ("sqs.StartMessageMoveTask", {"SourceArn": "x"}),
    ),
)  # fmt: skip
