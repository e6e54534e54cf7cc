"""Queues of SQS: how they are created, found, set up and deleted.

Each test would hold against any faithful endpoint, asked through a boto3 client alone. Source:
Amazon SQS API Reference and Developer Guide, unless a docstring says otherwise.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.sqs_helpers import attributes_of, error_code, make_queue

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


def test_a_new_queue_has_the_default_attributes(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, Attributes: the default of each."""
    url = make_queue(sqs, name)

    attributes = attributes_of(sqs, url)

    expected = {
        "DelaySeconds": "0",
        "MaximumMessageSize": str(1 << 20),
        "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "0",
        "VisibilityTimeout": "30",
        "SqsManagedSseEnabled": "true",
    }
    assert {key: attributes.get(key) for key in expected} == expected


def test_a_queue_has_an_arn_and_an_address(sqs: "SQSClient", name: str) -> None:
    """QueueArn is `arn:aws:sqs:REGION:ACCOUNT:NAME`; the address ends in account and name."""
    url = make_queue(sqs, name)

    *_, region, account, own_name = attributes_of(sqs, url)["QueueArn"].split(":")

    assert (region, own_name) == ("us-east-1", name)
    assert url.endswith(f"/{account}/{name}")
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url


def test_a_queue_that_is_not_there_is_not_found(sqs: "SQSClient", name: str) -> None:
    """QueueDoesNotExist, by any operation; boto3 maps it to the code of the older protocol."""
    url = make_queue(sqs, name)
    sqs.delete_queue(QueueUrl=url)

    requests: list[Callable[[], object]] = [
        lambda: sqs.get_queue_url(QueueName=name),
        lambda: sqs.send_message(QueueUrl=url, MessageBody="m"),
        lambda: sqs.receive_message(QueueUrl=url),
        lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]),
        lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle="any"),
    ]
    codes = set()
    for ask in requests:
        with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
            ask()
        codes.add(error_code(caught))

    assert codes == {"AWS.SimpleQueueService.NonExistentQueue"}


@pytest.mark.parametrize("wrong", ["", "two words", "dots.in.it", "x" * 81, "größe"])
def test_a_queue_name_has_a_pattern(sqs: "SQSClient", wrong: str) -> None:
    """CreateQueue, QueueName: 1 to 80 letters, digits, hyphens and underscores."""
    with pytest.raises(ClientError) as caught:
        sqs.create_queue(QueueName=wrong)

    assert error_code(caught) in ("InvalidParameterValue", "MissingParameter")


def test_other_attributes_make_no_other_queue(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, QueueNameExists: the name is in use, with other values."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError) as caught:
        sqs.create_queue(QueueName=name, Attributes={"DelaySeconds": "5"})

    assert error_code(caught) in ("QueueAlreadyExists", "QueueNameExists")
    assert attributes_of(sqs, url)["DelaySeconds"] == "0"


def test_the_attribute_that_differs_is_named(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, QueueNameExists: the message says which attribute has another value.

    Source: LocalStack's snapshots of CreateQueue, recorded on AWS.
    """
    make_queue(sqs, name, DelaySeconds="1", VisibilityTimeout="5")

    with pytest.raises(ClientError) as caught:
        make_queue(sqs, name, DelaySeconds="1", VisibilityTimeout="6")

    assert caught.value.response["Error"]["Message"] == (
        "A queue already exists with the same name and a different value for attribute "
        "VisibilityTimeout"
    )


def test_attributes_are_set(sqs: "SQSClient", name: str) -> None:
    """SetQueueAttributes changes those it names, and no others."""
    url = make_queue(sqs, name)
    before = attributes_of(sqs, url)

    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": "77", "MessageRetentionPeriod": "600"}
    )

    changed = {"VisibilityTimeout": "77", "MessageRetentionPeriod": "600"}
    after = attributes_of(sqs, url)
    assert {key: after[key] for key in before} | {
        "LastModifiedTimestamp": ""
    } == before | changed | {"LastModifiedTimestamp": ""}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("DelaySeconds", "901"),
        ("DelaySeconds", "-1"),
        ("MaximumMessageSize", "1023"),
        ("MaximumMessageSize", str((1 << 20) + 1)),
        ("MessageRetentionPeriod", "59"),
        ("MessageRetentionPeriod", "1209601"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("VisibilityTimeout", "43201"),
        ("VisibilityTimeout", "soon"),
    ],
)
def test_an_attribute_has_bounds(sqs: "SQSClient", name: str, attribute: str, value: str) -> None:
    """SetQueueAttributes, Attributes: InvalidAttributeValue outside of them."""
    url = make_queue(sqs, name)
    wrong: Any = {attribute: value}

    with pytest.raises(ClientError) as caught:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=wrong)

    assert error_code(caught) == "InvalidAttributeValue"


def test_an_unknown_attribute_is_refused(sqs: "SQSClient", name: str) -> None:
    """GetQueueAttributes, SetQueueAttributes and CreateQueue: InvalidAttributeName."""
    url = make_queue(sqs, name)
    unknown: Any = "Colour"

    requests: list[Callable[[], object]] = [
        lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[unknown]),
        lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={unknown: "red"}),
        lambda: sqs.create_queue(QueueName=f"{name}-red", Attributes={unknown: "red"}),
    ]
    codes = []
    for ask in requests:
        with pytest.raises(ClientError) as caught:
            ask()
        codes.append(error_code(caught))

    assert codes == ["InvalidAttributeName"] * 3


def test_only_the_attributes_that_are_named_are_returned(sqs: "SQSClient", name: str) -> None:
    """GetQueueAttributes, AttributeNames: none by default."""
    url = make_queue(sqs, name)

    chosen = sqs.get_queue_attributes(
        QueueUrl=url, AttributeNames=["VisibilityTimeout", "DelaySeconds"]
    )
    none = sqs.get_queue_attributes(QueueUrl=url)

    assert chosen["Attributes"] == {"VisibilityTimeout": "30", "DelaySeconds": "0"}
    assert none.get("Attributes", {}) == {}


def test_queues_are_listed_by_the_start_of_their_names(sqs: "SQSClient", name: str) -> None:
    """ListQueues, QueueNamePrefix; without a match, QueueUrls is absent."""
    urls = [make_queue(sqs, f"{name}-{letter}") for letter in "ab"]
    make_queue(sqs, f"other-{name}")

    found = sqs.list_queues(QueueNamePrefix=name)
    none = sqs.list_queues(QueueNamePrefix=f"{name}-c")

    assert sorted(found["QueueUrls"]) == urls
    assert "QueueUrls" not in none


def test_a_listing_of_queues_comes_in_pages(sqs: "SQSClient", name: str) -> None:
    """ListQueues, MaxResults and NextToken; without MaxResults, all queues come together."""
    urls = [make_queue(sqs, f"{name}-{letter}") for letter in "abc"]

    pages = list(
        sqs.get_paginator("list_queues").paginate(
            QueueNamePrefix=name, PaginationConfig={"PageSize": 2}
        )
    )

    assert [len(page["QueueUrls"]) for page in pages] == [2, 1]
    assert sorted(url for page in pages for url in page["QueueUrls"]) == urls
    assert "NextToken" not in sqs.list_queues(QueueNamePrefix=name)


def test_a_queue_has_tags(sqs: "SQSClient", name: str) -> None:
    """CreateQueue, tags; TagQueue, UntagQueue and ListQueueTags."""
    url = sqs.create_queue(QueueName=name, tags={"a": "1", "b": "2"})["QueueUrl"]
    sqs.tag_queue(QueueUrl=url, Tags={"b": "3", "c": "4"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["a", "never-was"])

    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"b": "3", "c": "4"}


def test_a_purge_removes_every_message(sqs: "SQSClient", name: str) -> None:
    """PurgeQueue deletes messages, also those in flight."""
    url = make_queue(sqs, name, "1", "2", "3")
    sqs.receive_message(QueueUrl=url)

    sqs.purge_queue(QueueUrl=url)

    left = attributes_of(sqs, url)
    assert left["ApproximateNumberOfMessages"] == "0"
    assert left["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_a_queue_is_purged_once_a_minute(sqs: "SQSClient", name: str) -> None:
    """PurgeQueue, PurgeQueueInProgress: 60 seconds between two purges."""
    url = make_queue(sqs, name)
    sqs.purge_queue(QueueUrl=url)

    with pytest.raises(sqs.exceptions.PurgeQueueInProgress):
        sqs.purge_queue(QueueUrl=url)


def test_a_deleted_queue_is_not_listed(sqs: "SQSClient", name: str) -> None:
    """DeleteQueue deletes it whatever it holds."""
    url = make_queue(sqs, name, "1")

    sqs.delete_queue(QueueUrl=url)

    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix=name)


def test_a_dead_letter_queue_lists_its_sources(sqs: "SQSClient", name: str) -> None:
    """ListDeadLetterSourceQueues; the redrive policy is an attribute of the source."""
    dead = make_queue(sqs, f"{name}-dead")
    arn = attributes_of(sqs, dead)["QueueArn"]
    url = make_queue(sqs, name)

    sqs.set_queue_attributes(
        QueueUrl=url,
        Attributes={
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
        },
    )

    policy = json.loads(attributes_of(sqs, url)["RedrivePolicy"])
    assert (policy["deadLetterTargetArn"], int(policy["maxReceiveCount"])) == (arn, 5)
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]


def test_a_queue_of_the_same_name_is_the_same_queue(sqs: "SQSClient", name: str) -> None:
    """CreateQueue with the same attributes returns the existing queue."""
    url = make_queue(sqs, name, "one")

    again = sqs.create_queue(QueueName=name)["QueueUrl"]

    assert again == url
    assert len(sqs.receive_message(QueueUrl=again)["Messages"]) == 1


@pytest.mark.parametrize(
    "redrive",
    [
        "[]",
        "no JSON",
        '{"maxReceiveCount": 3}',
        '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:never-was", '
        '"maxReceiveCount": 3}',
    ],
)
def test_a_redrive_policy_must_name_a_queue(sqs: "SQSClient", name: str, redrive: str) -> None:
    """SetQueueAttributes, RedrivePolicy: deadLetterTargetArn and maxReceiveCount are required."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive})

    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert "RedrivePolicy" not in answer["Attributes"]


def test_a_queue_keeps_its_policy(sqs: "SQSClient", name: str) -> None:
    """SetQueueAttributes, Policy; setting another attribute leaves it as it is."""
    url = make_queue(sqs, name)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": "any", **statement}, statement]}

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})

    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    assert json.loads(answer["Attributes"]["Policy"]) == policy


def test_a_boolean_attribute_may_have_a_capital_letter(sqs: "SQSClient", name: str) -> None:
    """`str(True)` of Python is accepted.

    Source: LocalStack's tests of SQS, which are validated on AWS, create FIFO queues so.
    """
    url = sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "True"})["QueueUrl"]

    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["FifoQueue"])
    assert answer["Attributes"] == {"FifoQueue": "true"}


def test_times_of_a_queue_are_whole_seconds(sqs: "SQSClient", name: str) -> None:
    """GetQueueAttributes, CreatedTimestamp and LastModifiedTimestamp: epoch time in seconds."""
    url = make_queue(sqs, name)

    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    assert attributes["CreatedTimestamp"].isdecimal()
    assert attributes["LastModifiedTimestamp"].isdecimal()
