"""Requests of the query protocol: they are logged like others, and bounded."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from autograder.aws.hints import ERROR_HINTS, EXCEPTION_HINTS
from autograder.aws.simulated import Cloud
from autograder.aws.wire.protocols import MAX_FIELDS, MAX_FORM

Ask = Callable[[str | bytes], tuple[int, str]]
BUSY_SECONDS = 2.0


@pytest.fixture
def ask(cloud: Cloud, served: tuple[Cloud, str]) -> Ask:
    """Make a queue `q`; return what sends a form and returns the status and an error's code."""
    cloud.sqs.create_queue("q")

    def send(body: str | bytes) -> tuple[int, str]:
        raw = body if isinstance(body, bytes) else body.encode()
        try:
            with urllib.request.urlopen(f"{served[1]}/123456789012/q", raw) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as error:
            return error.code, str(ET.fromstring(error.read()).findtext(".//{*}Code"))

    return send


def test_a_form_is_logged_like_a_request_in_json(ask: Ask, cloud: Cloud) -> None:
    """A hidden test that looks at requests sees no difference."""
    ask("Action=SendMessage&Version=2012-11-05&MessageBody=m&DelaySeconds=3")

    (call,) = cloud.calls.of("SendMessage")
    assert call.parameters == {"QueueUrl": "q", "MessageBody": "m", "DelaySeconds": 3}
    assert (call.service, call.status) == ("sqs", 200)
    assert call.response["MessageId"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "MissingAction"),
        ("Action=", "MissingAction"),
        ("Action=ListTopics", "InvalidAction"),
        ("Action=SendMessage", "MissingParameter"),
        ("Action=SendMessage&MessageBody=m&DelaySeconds=x", "InvalidParameterValue"),
        ("Action=SendMessage&MessageBody=m&MessageBody=n", "MalformedQueryString"),
        ("Action=SendMessage&Action=DeleteQueue&MessageBody=m", "MalformedQueryString"),
        (b"Action=SendMessage&MessageBody=%ff", "MalformedQueryString"),
        (b"Action=SendMessage&MessageBody=\xff", "MalformedQueryString"),
        ("Action=SendMessage&" + "&".join(map(str, range(MAX_FIELDS))), "MalformedQueryString"),
        ("Action=SendMessage&MessageBody=" + "a" * MAX_FORM, "MalformedQueryString"),
    ],
    ids=range(11),
)
def test_a_form_that_is_not_valid_is_refused(ask: Ask, body: str | bytes, code: str) -> None:
    """With an error in XML."""
    status, found = ask(body)

    assert status in (400, 404)
    assert found == code


def test_a_form_cannot_keep_the_gate_busy(ask: Ask, cloud: Cloud) -> None:
    """Each field is compared with the names of all others, and so their number is bounded."""
    fields = {f"SendMessageBatchRequestEntry.{n}.Id": "a" * 8000 for n in range(1, MAX_FIELDS)}

    begin = time.thread_time()
    ask(urlencode({"Action": "SendMessageBatch", **fields}))

    assert time.thread_time() - begin < BUSY_SECONDS
    assert cloud.gate.end_call() < BUSY_SECONDS


def test_an_account_is_named(cloud: Cloud, served: tuple[Cloud, str]) -> None:
    """boto3 asks STS by a form."""
    sts = client("sts", served)

    identity = sts.get_caller_identity()

    assert identity["Account"] == "123456789012"
    assert (
        identity["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
        == (identity["ResponseMetadata"]["RequestId"])
    )
    assert [call.operation for call in cloud.calls.all()] == ["GetCallerIdentity"]


@pytest.mark.parametrize(
    ("service", "operation"),
    [("sts", "get_session_token"), ("dynamodb", "list_tables"), ("s3", "list_buckets"),
     ("sns", "list_topics"), ("lambda", "list_functions")],
)  # fmt: skip
@pytest.mark.usefixtures("cloud")
def test_other_services_say_what_there_is(
    served: tuple[Cloud, str], service: str, operation: str
) -> None:
    """And the student gets a hint that says it again."""
    with pytest.raises((ClientError, ResponseParserError)) as caught:
        getattr(client(service, served), operation)()

    assert "Kinesis, SQS" in str(caught.value) or service == "s3"  # of which boto3 reads no JSON
    code = caught.value.response["Error"]["Code"] if isinstance(caught.value, ClientError) else ""
    hint = ERROR_HINTS.get(code) or EXCEPTION_HINTS[type(caught.value).__name__]
    assert "Kinesis, SQS" in hint


def client(service: str, served: tuple[Cloud, str]) -> Any:
    """Return a client of any service."""
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=served[1], config=config)  # type: ignore[call-overload]  # of any name
