"""Requests that Kinesis refuses: what it checks before it does anything.

Each test would hold against any faithful endpoint, asked through a boto3 client alone, which here
checks nothing itself. Source: the patterns, bounds and required members in the API Reference; for
the texts, kinesalite's tests, recorded on AWS.
"""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from autograder.conformance.conftest import UNCHECKED
from autograder.conformance.kinesis_helpers import error_code, make_stream

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


@pytest.fixture
def unchecked(
    kinesis: "KinesisClient",  # noqa: ARG001 - deletes the streams
    endpoint: str,
    session: boto3.Session,
) -> "KinesisClient":
    """Return a client that sends any parameters."""
    client: KinesisClient = session.client("kinesis", endpoint_url=endpoint, config=UNCHECKED)
    return client


def message_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    """Return the text of AWS's error."""
    return error.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("name", "constraint"),
    [
        ("two words", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
        ("", "Member must have length greater than or equal to 1"),
        ("x" * 129, "Member must have length less than or equal to 128"),
    ],
)
def test_a_stream_name_has_a_pattern_and_a_length(
    unchecked: "KinesisClient", name: str, constraint: str
) -> None:
    """CreateStream, StreamName: 1 to 128 letters, digits, underscores, dots and hyphens."""
    with pytest.raises(ClientError) as caught:
        unchecked.create_stream(StreamName=name, ShardCount=1)

    assert error_code(caught) == "ValidationException"
    start, _, end = message_of(caught).partition(" detected: ")
    assert start.endswith(("validation error", "validation errors"))
    assert f"'{name}' at 'streamName' failed to satisfy constraint: {constraint}" in end


@pytest.mark.parametrize("count", [0, -1])
def test_a_stream_has_at_least_one_shard(unchecked: "KinesisClient", name: str, count: int) -> None:
    """CreateStream, ShardCount: 1 at least, in the words of the model."""
    with pytest.raises(ClientError) as caught:
        unchecked.create_stream(StreamName=name, ShardCount=count)

    assert error_code(caught) == "ValidationException"
    assert message_of(caught) == (
        f"1 validation error detected: Value '{count}' at 'shardCount' failed to satisfy "
        "constraint: Member must have value greater than or equal to 1"
    )


def test_several_violations_are_counted(unchecked: "KinesisClient") -> None:
    """One ValidationException names all of them.

    Source: kinesalite's tests of CreateStream, recorded on AWS.
    """
    with pytest.raises(ClientError) as caught:
        unchecked.create_stream(StreamName="two words", ShardCount=0)

    assert message_of(caught).startswith("2 validation errors detected: ")
    assert "at 'streamName'" in message_of(caught)
    assert "at 'shardCount'" in message_of(caught)


def test_a_member_that_is_missing_is_named(unchecked: "KinesisClient", name: str) -> None:
    """A required member that is absent is null in the ValidationException."""
    with pytest.raises(ClientError) as caught:
        unchecked.get_shard_iterator(StreamName=name, ShardIteratorType="LATEST")  # type: ignore[call-arg]  # no ShardId

    assert error_code(caught) == "ValidationException"
    assert message_of(caught) == (
        "1 validation error detected: Value null at 'shardId' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_a_type_of_iterator_is_one_of_a_set(unchecked: "KinesisClient", name: str) -> None:
    """GetShardIterator, ShardIteratorType."""
    kind: Any = "BEGINNING"

    with pytest.raises(ClientError) as caught:
        unchecked.get_shard_iterator(
            StreamName=name, ShardId="shardId-000000000000", ShardIteratorType=kind
        )

    assert error_code(caught) == "ValidationException"
    assert "Member must satisfy enum value set: [" in message_of(caught)


@pytest.mark.parametrize(
    "parameters",
    [{"StreamName": 5}, {"StreamName": ["s"]}, {"StreamName": True}, {"StreamName": {"s": "s"}}],
)
def test_a_member_of_another_type_cannot_be_read(
    unchecked: "KinesisClient", parameters: Any
) -> None:
    """SerializationException.

    Source: kinesalite's tests of each operation's types, recorded on AWS.
    """
    with pytest.raises(ClientError) as caught:
        unchecked.describe_stream(**parameters)

    assert error_code(caught) == "SerializationException"


def test_a_batch_is_not_empty(unchecked: "KinesisClient", name: str) -> None:
    """PutRecords, Records: 1 to 500."""
    make_stream(unchecked, name, 1)

    with pytest.raises(ClientError) as caught:
        unchecked.put_records(StreamName=name, Records=[])

    assert error_code(caught) == "ValidationException"


def test_a_request_names_a_stream(unchecked: "KinesisClient") -> None:
    """DescribeStream and others: "you must use either the StreamARN or the StreamName"."""
    with pytest.raises(ClientError) as described:
        unchecked.describe_stream()
    with pytest.raises(ClientError) as listed:
        unchecked.list_shards()

    assert error_code(described) in ("InvalidArgumentException", "ValidationException")
    assert error_code(listed) in ("InvalidArgumentException", "ValidationException")


def test_a_garbled_token_is_refused(unchecked: "KinesisClient", name: str) -> None:
    """ListShards, NextToken: ExpiredNextTokenException or InvalidArgumentException."""
    make_stream(unchecked, name, 2)
    token = unchecked.list_shards(StreamName=name, MaxResults=1)["NextToken"]

    with pytest.raises(ClientError) as caught:
        unchecked.list_shards(NextToken=token[::-1])

    assert error_code(caught) in ("ExpiredNextTokenException", "InvalidArgumentException")


def test_an_unknown_stream_is_named_with_its_account(unchecked: "KinesisClient", name: str) -> None:
    """ResourceNotFoundException: "Stream NAME under account NUMBER not found."."""
    with pytest.raises(ClientError) as caught:
        unchecked.describe_stream(StreamName=name)

    start, _, end = message_of(caught).partition(" under account ")
    assert start == f"Stream {name}"
    assert end[:12].isdigit()
    assert end[12:] == " not found."


@pytest.mark.parametrize("arn", ["nonsense", "arn:aws:sqs:eu-west-1:123456789012:stream/s"])
def test_an_arn_has_its_form(kinesis: "KinesisClient", arn: str) -> None:
    """StreamARN has a pattern: another text is a ValidationException, not a missing stream."""
    with pytest.raises(ClientError) as caught:
        kinesis.describe_stream_summary(StreamARN=arn)

    assert error_code(caught) == "ValidationException"
