"""Parameters that no honest client sends are refused as by AWS, and never break the simulation."""

import base64
import http.client
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import pytest

from autograder.aws.simulated import Cloud

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient

Ask = Callable[[str, str | bytes], tuple[int, dict[str, Any]]]
TARGETS = {"kinesis": "Kinesis_20131202", "sqs": "AmazonSQS"}


@pytest.fixture
def ask(cloud: Cloud, served: tuple[Cloud, str]) -> Ask:
    """Make a stream `s` and a queue `q`; return a function that calls `service.Operation`."""
    cloud.kinesis.create_stream("s", 2)
    cloud.kinesis.put("s", b"x", "k")
    cloud.sqs.create_queue("q")

    def do(operation: str, body: str | bytes) -> tuple[int, dict[str, Any]]:
        service, _, name = operation.partition(".")
        connection = http.client.HTTPConnection(str(urlparse(served[1]).netloc), timeout=60)
        connection.request("POST", "/", body, {"X-Amz-Target": f"{TARGETS[service]}.{name}"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    return do


def iterator_with(**changes: Any) -> str:
    """Forge a shard iterator."""
    parts: dict[str, Any] = {
        "stream": "s", "shard": "shardId-000000000000", "last": "0", "born": 1e11, "empty": 0
    }  # fmt: skip
    parts.update(changes)
    token = base64.b64encode(json.dumps(list(parts.values())).encode()).decode()
    return json.dumps({"ShardIterator": token})


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"7",
        b"{",
        b'{"Limit": NaN}',
        b'{"Limit": Infinity}',
        b'{"Limit": 1e999}',
        b'{"Limit": 1, "Limit": 2}',
        b'{"Limit": ' + b"9" * 5000 + b"}",
        b'{"Limit": 99999999999}',
        b'{"Limit": 1.5}',
        b'{"Limit": true}',
        b'{"Limit": "1"}',
        b'{"ExclusiveStartStreamName": "\\ud800"}',
        b'{"ExclusiveStartStreamName": {"a": 1}}',
        b'{"a": ' * 5000,
        b"[" * 100_000,
        b"\xff\xfe",
        '{"Limit": 1}'.encode("utf-16"),
        b'\xef\xbb\xbf{"Limit": 1}',
    ],
)
def test_anything_but_plain_json_of_the_right_types_is_refused(ask: Ask, body: bytes) -> None:
    """Like AWS, the simulation refuses it before it does anything."""
    status, answer = ask("kinesis.ListStreams", body)

    assert (status, answer["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("kinesis.DescribeStream", '{"StreamName": 5}', "SerializationException"),
        ("kinesis.DescribeStream", '{"StreamName": null}', "InvalidArgumentException"),
        ("kinesis.DescribeStream", '{"StreamName": ""}', "ValidationException"),
        ("kinesis.PutRecords", '{"StreamName": "s", "Records": {}}', "SerializationException"),
        ("kinesis.PutRecords", '{"StreamName": "s", "Records": [7]}', "SerializationException"),
        ("kinesis.PutRecords", '{"StreamName": "s", "Records": [null]}', "SerializationException"),
        ("kinesis.PutRecords", '{"StreamName": "s", "Records": [{}]}', "ValidationException"),
        ("kinesis.PutRecords", '{"StreamName": "s", "Records": []}', "ValidationException"),
        ("kinesis.PutRecord", '{"StreamName": "s", "Data": ""}', "ValidationException"),
        (
            "kinesis.PutRecord",
            '{"StreamName": "s", "PartitionKey": "k", "Data": [1]}',
            "SerializationException",
        ),
        (
            "kinesis.PutRecord",
            '{"StreamName": "s", "PartitionKey": "k", "Data": "?"}',
            "SerializationException",
        ),
        (
            "kinesis.PutRecord",
            '{"StreamName": "s", "PartitionKey": "k", "Data": "", "ExplicitHashKey": "\\u00b2"}',
            "ValidationException",
        ),
        (
            "kinesis.PutRecord",
            '{"StreamName": "s", "PartitionKey": "k", "Data": "", "ExplicitHashKey": "%s"}'
            % ("9" * 5000),
            "ValidationException",
        ),
        ("kinesis.GetRecords", "{}", "ValidationException"),
        ("kinesis.GetRecords", '{"ShardIterator": {"a": 1}}', "SerializationException"),
        ("kinesis.GetRecords", iterator_with(born=float("nan")), "InvalidArgumentException"),
        ("kinesis.GetRecords", iterator_with(last="\u00b2"), "InvalidArgumentException"),
        ("kinesis.GetRecords", iterator_with(empty=10**200), "InvalidArgumentException"),
        ("kinesis.GetRecords", iterator_with(empty=True), "InvalidArgumentException"),
        ("kinesis.GetRecords", iterator_with(stream="\ud800"), "InvalidArgumentException"),
        (
            "kinesis.SplitShard",
            '{"StreamName": "s", "ShardToSplit": "shardId-000000000000",'
            ' "NewStartingHashKey": "0x7"}',
            "ValidationException",
        ),
        (
            "kinesis.SplitShard",
            '{"StreamName": "s", "ShardToSplit": "shardId-000000000009",'
            ' "NewStartingHashKey": "7"}',
            "ResourceNotFoundException",
        ),
        (
            "kinesis.MergeShards",
            '{"StreamName": "s", "ShardToMerge": "shardId-000000000000",'
            ' "AdjacentShardToMerge": "shardId-000000000000"}',
            "InvalidArgumentException",
        ),
        (
            "kinesis.UpdateShardCount",
            '{"StreamName": "s", "TargetShardCount": 0, "ScalingType": "UNIFORM_SCALING"}',
            "ValidationException",
        ),
        (
            "kinesis.UpdateShardCount",
            '{"StreamName": "s", "TargetShardCount": 100000, "ScalingType": "UNIFORM_SCALING"}',
            "LimitExceededException",
        ),
        (
            "kinesis.CreateStream",
            '{"StreamName": "t", "ShardCount": 1000000}',
            "LimitExceededException",
        ),
        ("kinesis.ListStreamConsumers", '{"StreamARN": "x"}', "ValidationException"),
        (
            "kinesis.RegisterStreamConsumer",
            '{"StreamARN": "x", "ConsumerName": "c"}',
            "ValidationException",
        ),
        ("kinesis.ListStreamConsumers", "{}", "ValidationException"),
        ("kinesis.CallAction", "{}", "UnknownOperationException"),
        ("kinesis.SetupClass", "{}", "UnknownOperationException"),
        ("kinesis.Dispatch", "{}", "UnknownOperationException"),
        ("sqs.CallAction", "{}", "UnknownOperationException"),
        ("sqs.NoSuchThing", "{}", "UnknownOperationException"),
        ("sqs.CreateQueue", '{"QueueName": {"a": 1}}', "SerializationException"),
        ("sqs.CreateQueue", "{}", "MissingRequiredParameterException"),
        (
            "sqs.CreateQueue",
            '{"QueueName": "p", "Attributes": {"VisibilityTimeout": "x"}}',
            "InvalidAttributeValue",
        ),
        (
            "sqs.CreateQueue",
            '{"QueueName": "p", "Attributes": {"_Messages": "x"}}',
            "InvalidAttributeName",
        ),
        (
            "sqs.SetQueueAttributes",
            '{"QueueUrl": "q", "Attributes": {"RedrivePolicy": "%s"}}' % ("[" * 100_000),
            "InvalidAttributeValue",
        ),
        (
            "sqs.SetQueueAttributes",
            json.dumps(
                {
                    "QueueUrl": "q",
                    "Attributes": {
                        "RedrivePolicy": '{"deadLetterTargetArn": [], "maxReceiveCount": 1}'
                    },
                }
            ),
            "InvalidParameterValueException",
        ),
        (
            "sqs.SetQueueAttributes",
            '{"QueueUrl": "q", "Attributes": {"Policy": "{\\"Statement\\": [7]}"}}',
            "InvalidAttributeValue",
        ),
        (
            "sqs.SetQueueAttributes",
            '{"QueueUrl": "q", "Attributes": {"Policy": "%s"}}' % ("[" * 100_000),
            "InvalidAttributeValue",
        ),
        ("sqs.SendMessage", '{"QueueUrl": "q", "MessageBody": 7}', "SerializationException"),
        (
            "sqs.SendMessage",
            '{"QueueUrl": "q", "MessageBody": "\\ud800"}',
            "SerializationException",
        ),
        (
            "sqs.SendMessage",
            '{"QueueUrl": "q", "MessageBody": "m", "MessageAttributes": {"a": {}}}',
            "MissingRequiredParameterException",
        ),
        ("sqs.SendMessageBatch", '{"QueueUrl": "q", "Entries": [[]]}', "SerializationException"),
        (
            "sqs.DeleteMessageBatch",
            '{"QueueUrl": "q", "Entries": [{}]}',
            "MissingRequiredParameterException",
        ),
        (
            "sqs.ReceiveMessage",
            '{"QueueUrl": "q", "WaitTimeSeconds": "x"}',
            "SerializationException",
        ),
        (
            "sqs.DeleteMessageBatch",
            json.dumps({"QueueUrl": "q", "Entries": [{"Id": "a", "ReceiptHandle": "r"}] * 11}),
            "TooManyEntriesInBatchRequest",
        ),
        (
            "sqs.SendMessage",
            json.dumps(
                {
                    "QueueUrl": "q",
                    "MessageBody": "m",
                    "MessageAttributes": {
                        str(number): {"DataType": "String"} for number in range(11)
                    },
                }
            ),
            "InvalidParameterValueException",
        ),
        (
            "sqs.GetQueueAttributes",
            json.dumps({"QueueUrl": "q", "AttributeNames": ["All"] * 51}),
            "InvalidParameterValueException",
        ),
        (
            "sqs.CreateQueue",
            json.dumps({"QueueName": "x", "Attributes": {"Policy": "{}"}}),
            "InvalidAttributeValue",
        ),
    ],
    ids=range(52),
)
def test_wrong_parameters_are_answered_as_aws_would(
    cloud: Cloud, ask: Ask, operation: str, body: str, code: str
) -> None:
    """They are the student's mistake, so no internal error is recorded."""
    status, answer = ask(operation, body)

    assert answer["__type"].rsplit("#", 1)[-1] == code
    assert status == 400
    assert [call.internal_error for call in cloud.calls.all() if call.internal_error] == []


def test_members_that_do_not_exist_are_ignored(cloud: Cloud, ask: Ask) -> None:
    """AWS ignores them, too; the log has the request as AWS would see it."""
    status, _ = ask("kinesis.ListStreams", '{"Limit": 3, "Nonsense": [[]], "NextToken": null}')

    assert status == 200
    assert cloud.calls.all()[0].parameters == {"Limit": 3}


def test_a_message_cannot_name_another_action(cloud: Cloud, ask: Ask, sqs: "SQSClient") -> None:
    """Although moto searches every body for `Action=`, it does not find it in a message."""
    body = "&Action=DeleteQueue&"

    ask("sqs.SendMessage", json.dumps({"QueueUrl": "q", "MessageBody": body}))

    assert cloud.sqs.exists("q")
    assert sqs.receive_message(QueueUrl="q")["Messages"][0]["Body"] == body


def test_a_message_cannot_slow_down_the_search_for_request_ids(ask: Ask) -> None:
    """The pattern with which moto finds request ids in responses takes quadratic time."""
    ask("sqs.SendMessage", json.dumps({"QueueUrl": "q", "MessageBody": "<RequestId>" * 90_000}))

    status, answer = ask("sqs.ReceiveMessage", '{"QueueUrl": "q"}')

    assert status == 200
    assert len(answer["Messages"]) == 1


def test_a_prefix_is_not_a_pattern(cloud: Cloud, ask: Ask) -> None:
    """It may look like a pattern that takes exponential time, or like an invalid pattern."""
    cloud.sqs.create_queue("a" * 80)

    patterns = [ask("sqs.ListQueues", json.dumps({"QueueNamePrefix": prefix})) for prefix in
                ("(a+)+$x", "[", "q.", "(?:a|a)*b")]  # fmt: skip
    plain = ask("sqs.ListQueues", '{"QueueNamePrefix": "q"}')

    assert [(status, answer.get("QueueUrls", [])) for status, answer in patterns] == [(200, [])] * 4
    assert len(plain[1]["QueueUrls"]) == 1


def test_an_account_has_a_limited_number_of_shards(ask: Ask) -> None:
    """Otherwise many small requests could fill the grader's memory."""
    codes = [
        ask("kinesis.CreateStream", json.dumps({"StreamName": f"t{i}", "ShardCount": 200}))[1].get(
            "__type"
        )
        for i in range(4)
    ]

    assert codes == [None, None, "LimitExceededException", "LimitExceededException"]


@pytest.mark.parametrize("offset", ["nan", "inf", "-inf", "-5", "1e308", "1e999", "x", "9" * 5000])
def test_an_absurd_clock_is_ignored(
    cloud: Cloud, kinesis: "KinesisClient", served: tuple[Cloud, str], offset: str
) -> None:
    """The simulation's clock does not change."""
    connection = http.client.HTTPConnection(str(urlparse(served[1]).netloc), timeout=60)
    headers = {"X-Amz-Target": "Kinesis_20131202.ListStreams", "X-Autograder-Clock": offset}

    connection.request("POST", "/", "{}", headers)
    connection.getresponse().read()

    assert cloud.clock.offset == 0
    assert kinesis.list_streams()["StreamNames"] == []
