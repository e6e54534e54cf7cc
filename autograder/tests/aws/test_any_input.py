"""Any input to the gate gets a response with a known status, or a closed connection.

The fuzzers in `autograder.tests.fuzz` look for more, and for longer.
"""

import json
import random
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.tests.fuzz import conversation
from autograder.tests.fuzz.calls import CallsTarget
from autograder.tests.fuzz.conversation import OPERATIONS, made_up
from autograder.tests.fuzz.gate import Caller, GateTarget, form, request

bounded = settings(max_examples=150, derandomize=True, deadline=None)

names = st.sampled_from(
    ["Content-Length", "Transfer-Encoding", "Expect", "Host", "Connection", "X-Amz-Target", "",
     "X-Autograder-Clock", "amz-sdk-request", "amz-sdk-invocation-id", "Content-Type", "Upgrade"]
) | st.text(max_size=10)  # fmt: skip
header_values = st.sampled_from(
    ["0", "2", "-1", "2,2", "+2", "0x2", "chunked", "100-continue", "AmazonSQS.ListQueues", "nan"]
) | st.text(max_size=20)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["s", "q", "$ShardIterator", "$ReceiptHandle", "\ud800", "9" * 50]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Data", "PartitionKey", "Id", "MessageBody"]), inner)
    ),
    max_leaves=8,
)

field_names = st.sampled_from(
    ["QueueUrl", "QueueName", "MessageBody", "DelaySeconds", "Attribute.1.Name",
     "Attribute.1.Value", "MessageAttribute.1.Name", "MessageAttribute.1.Value.DataType",
     "ReceiptHandle",
     "MessageAttribute.1.Value.StringValue", "MessageAttribute.1.Value.BinaryValue",
     "MessageAttribute.1.Value", "SendMessageBatchRequestEntry.1.Id", "AttributeName.1",
     "SendMessageBatchRequestEntry.1.MessageBody", "SendMessageBatchRequestEntry.1",
     "MaxNumberOfMessages", "MessageAttributeName.1", "Tag.1.Key", "Tag.1.Value", "Version"]
) | st.text(max_size=5)  # fmt: skip
field_values = st.sampled_from(
    ["q", "All", "1", "-1", "9" * 5000, "", "String", "Binary", "AAE=", "FifoQueue", "true", "\x00",
     "<a>&]]>", "\ud7ff\uffff"]
) | st.text(max_size=10)  # fmt: skip
actions = st.sampled_from(
    ["CreateQueue", "SendMessage", "ReceiveMessage", "SendMessageBatch", "GetQueueAttributes",
     "TagQueue", "ListQueues", "GetCallerIdentity", "AssumeRole", "DescribeInstances", ""]
)  # fmt: skip


@pytest.fixture(scope="module")
def gate() -> GateTarget:
    """Return a gate that is fed with the bytes of a connection."""
    return GateTarget()


@pytest.fixture(scope="module")
def calls() -> CallsTarget:
    """Return a gate that is fed with conversations."""
    return CallsTarget()


@bounded
@given(raw=st.binary(max_size=300))
def test_any_bytes_are_answered(gate: GateTarget, raw: bytes) -> None:
    """They are sent on a separate connection."""
    gate(raw)


@bounded
@given(headers=st.lists(st.tuples(names, header_values), max_size=6), body=st.binary(max_size=50))
def test_any_headers_are_answered(
    gate: GateTarget, headers: list[tuple[str, str]], body: bytes
) -> None:
    """Headers may be duplicated, contradictory, or of any characters."""
    lines = ["POST / HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]

    gate("\r\n".join(lines).encode("utf-8", "replace") + body)


@bounded
@given(body=st.binary(max_size=100) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_answered(gate: GateTarget, body: bytes) -> None:
    """The rest of the request is valid."""
    gate(request("kinesis.PutRecords", body))


@bounded
@given(body=st.binary(max_size=100), path=st.sampled_from(["/", "/1/q", "/a/../b", "/?Action=x"]))
def test_any_form_is_answered(gate: GateTarget, body: bytes, path: str) -> None:
    """It begins with an action, so that the rest is looked at."""
    gate(form(b"Action=SendMessage&" + body, path))


@bounded
@given(action=actions, fields=st.dictionaries(field_names, field_values, max_size=8))
def test_any_fields_are_answered(gate: GateTarget, action: str, fields: dict[str, str]) -> None:
    """Answers are XML that a parser can read."""
    gate(form(urlencode({"Action": action, **fields}).encode()))


@bounded
@given(rng=st.randoms(use_true_random=False), changes=st.lists(json_values, max_size=3))
def test_any_parameters_are_answered(
    calls: CallsTarget, rng: random.Random, changes: list[Any]
) -> None:
    """Parameters have the right types, except for a few that are anything."""
    operation, parameters = made_up(rng)
    for change in changes:
        if parameters:
            parameters[rng.choice(sorted(parameters))] = change

    calls(conversation.written([(operation, parameters)]))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_same_value_for_all_parameters_is_answered(calls: CallsTarget, operation: str) -> None:
    """The value may be wrong for some parameters and right for others."""
    shape = conversation.shape_of(operation)
    names_in = list(shape.members) if shape else ["a"]
    values: list[Any] = [None, 0, -1, 1.5, "", "x", "\ud800", [], {}, [None], {"a": {}}]

    calls(conversation.written([(operation, dict.fromkeys(names_in, value)) for value in values]))


def test_a_caller_returns_the_response() -> None:
    """So the tests above see what they check."""
    caller = Caller()
    caller.begin()

    status, answer = caller.say(request("kinesis.ListStreams", b"{}"))

    assert (status, answer["StreamNames"]) == (200, ["s"])
