"""Fixtures: a simulated AWS that is served over HTTP, and boto3 clients for it."""

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from autograder.aws.calls import CallBudget
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient

WITHOUT_END = CallBudget(api_calls=1 << 30, idle_reads=1 << 30, traffic_bytes=1 << 60)
ONCE = Config(retries={"total_max_attempts": 1, "mode": "standard"})


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Cloud, str]]:
    """Serve one simulated AWS for all tests; return it and its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    with Cloud() as cloud:
        server = Server(cloud.gate, listener)
        yield cloud, f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.close()
    listener.close()


@pytest.fixture
def cloud(served: tuple[Cloud, str]) -> Cloud:
    """Return the simulated AWS, empty, within a call without limits."""
    served[0].reset()
    served[0].gate.begin_call(WITHOUT_END, lambda _: None)
    return served[0]


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """Return a session with dummy keys."""
    return boto3.Session("testing", "testing", region_name="us-east-1")


@pytest.fixture
def kinesis(cloud: Cloud, served: tuple[Cloud, str], session: boto3.Session) -> "KinesisClient":  # noqa: ARG001 - emptied first
    """Return a Kinesis client that tries once."""
    return session.client("kinesis", endpoint_url=served[1], config=ONCE)


@pytest.fixture
def sqs(cloud: Cloud, served: tuple[Cloud, str], session: boto3.Session) -> "SQSClient":  # noqa: ARG001 - emptied first
    """Return an SQS client that tries once."""
    return session.client("sqs", endpoint_url=served[1], config=ONCE)
