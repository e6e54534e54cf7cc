"""Dead-letter queues of SQS: which queues may use them.

Source: Amazon SQS API Reference, SetQueueAttributes, RedriveAllowPolicy.
"""

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from autograder.conformance.sqs_helpers import attributes_of, error_code, make_queue

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


def arn_of(sqs: "SQSClient", url: str) -> str:
    """Return a queue's ARN."""
    return attributes_of(sqs, url)["QueueArn"]


def use_dead_letters(sqs: "SQSClient", url: str, dead: str) -> None:
    """Give a queue a dead-letter queue."""
    policy = {"deadLetterTargetArn": arn_of(sqs, dead), "maxReceiveCount": 3}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})


def test_a_queue_shows_who_may_use_it(sqs: "SQSClient", name: str) -> None:
    """GetQueueAttributes, RedriveAllowPolicy; a new queue has none, an empty one removes it."""
    policy = json.dumps({"redrivePermission": "denyAll"})
    url = make_queue(sqs, name)
    new = attributes_of(sqs, url)

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": policy})
    named = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedriveAllowPolicy"])
    among_all = attributes_of(sqs, url)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": ""})

    assert "RedriveAllowPolicy" not in new
    assert json.loads(named["Attributes"]["RedriveAllowPolicy"]) == json.loads(policy)
    assert json.loads(among_all["RedriveAllowPolicy"]) == json.loads(policy)
    assert "RedriveAllowPolicy" not in attributes_of(sqs, url)


def test_a_queue_may_be_closed_to_dead_letters(sqs: "SQSClient", name: str) -> None:
    """`denyAll`: no queue may have it as its dead-letter queue."""
    policy = json.dumps({"redrivePermission": "denyAll"})
    dead = make_queue(sqs, f"{name}-dead", RedriveAllowPolicy=policy)
    url = make_queue(sqs, name)

    with pytest.raises(ClientError) as caught:
        use_dead_letters(sqs, url, dead)

    assert error_code(caught) == "InvalidParameterValue"
    assert "RedrivePolicy" not in attributes_of(sqs, url)


def test_a_queue_may_be_open_to_some(sqs: "SQSClient", name: str) -> None:
    """`byQueue`: only those that sourceQueueArns names."""
    url, other = make_queue(sqs, name), make_queue(sqs, f"{name}-other")
    policy = {"redrivePermission": "byQueue", "sourceQueueArns": [arn_of(sqs, url)]}
    dead = make_queue(sqs, f"{name}-dead", RedriveAllowPolicy=json.dumps(policy))

    use_dead_letters(sqs, url, dead)
    with pytest.raises(ClientError):
        use_dead_letters(sqs, other, dead)

    assert "RedrivePolicy" in attributes_of(sqs, url)


@pytest.mark.parametrize(
    "policy",
    [
        {"redrivePermission": "nobody"},
        {"sourceQueueArns": []},
        {"redrivePermission": "byQueue"},
        {"redrivePermission": "byQueue", "sourceQueueArns": ["a"] * 11},
        {"redrivePermission": "allowAll", "sourceQueueArns": ["a"]},
    ],
)
def test_an_allow_policy_has_a_permission(
    sqs: "SQSClient", name: str, policy: dict[str, object]
) -> None:
    """It names between 1 and 10 queues with `byQueue`, and none without."""
    url = make_queue(sqs, name)

    with pytest.raises(ClientError):
        sqs.set_queue_attributes(
            QueueUrl=url, Attributes={"RedriveAllowPolicy": json.dumps(policy)}
        )


@pytest.mark.parametrize("kind", ["", ".fifo"])
def test_a_dead_letter_queue_is_of_the_same_kind(sqs: "SQSClient", name: str, kind: str) -> None:
    """That of a FIFO queue is a FIFO queue, and that of a standard queue a standard queue."""
    names = {"": name, ".fifo": f"{name}.fifo"}
    urls = {
        ending: make_queue(sqs, title, **({"FifoQueue": "true"} if ending else {}))
        for ending, title in names.items()
    }
    other = urls.pop(kind)

    with pytest.raises(ClientError):
        use_dead_letters(sqs, other, *urls.values())
