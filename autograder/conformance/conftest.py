"""Clients of the endpoint under test: by default the simulated AWS."""

import contextlib
import itertools
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from autograder.aws.server import Server
from autograder.aws.simulated import Cloud

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient

ONCE = Config(
    retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=5, read_timeout=20
)
UNCHECKED = ONCE.merge(Config(parameter_validation=False))
"""Sends any parameters, and so can delete streams whose names an endpoint should have refused."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that chooses the endpoint."""
    parser.addoption("--endpoint", metavar="URL", help="default: the simulated AWS")


@pytest.fixture(scope="session")
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of the endpoint under test."""
    given = request.config.getoption("--endpoint")
    if given:
        yield given
        return
    with Cloud() as cloud, socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(cloud.gate, listener)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.close()


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """Return a session with dummy keys."""
    return boto3.Session("testing", "testing", region_name="us-east-1")


@pytest.fixture
def kinesis(endpoint: str, session: boto3.Session) -> "Iterator[KinesisClient]":
    """Return a Kinesis client without retries; delete all streams afterwards."""
    client: KinesisClient = session.client("kinesis", endpoint_url=endpoint, config=UNCHECKED)
    yield session.client("kinesis", endpoint_url=endpoint, config=ONCE)
    for name in client.list_streams()["StreamNames"]:
        with contextlib.suppress(ClientError):
            client.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
        with contextlib.suppress(ClientError):
            for _ in range(10_000):
                client.describe_stream_summary(StreamName=name)


@pytest.fixture
def sqs(endpoint: str, session: boto3.Session) -> "Iterator[SQSClient]":
    """Return an SQS client without retries; skip the test if the endpoint lacks SQS."""
    client: SQSClient = session.client("sqs", endpoint_url=endpoint, config=ONCE)
    try:
        client.list_queues()
    except (ClientError, BotoCoreError):
        pytest.skip("the endpoint lacks SQS")
    yield client
    for url in client.list_queues().get("QueueUrls", []):
        client.delete_queue(QueueUrl=url)


@pytest.fixture
def sts(endpoint: str, session: boto3.Session) -> Any:
    """Return an STS client; skip the test if the endpoint lacks STS."""
    client = session.client("sts", endpoint_url=endpoint, config=ONCE)
    try:
        client.get_caller_identity()
    except (ClientError, BotoCoreError, ResponseParserError):
        pytest.skip("the endpoint lacks STS")
    return client


_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    """Return a new name for a stream or queue."""
    return f"conformance-{next(_numbers)}"
