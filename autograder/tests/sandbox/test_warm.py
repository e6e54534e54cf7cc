"""What children of the runner inherit ready made, and what they do not."""

import subprocess
import sys

import pytest

from autograder.sandbox.bubblewrap import INSIDE, environment

COUNT = """
import builtins, io, sys
sys.path.append(sys.argv[1])
import warm
warm.warm()
import boto3
opened = []
real = io.open
def counted(file, *args, **kwargs):
    if "data" in str(file):
        opened.append(str(file))
    return real(file, *args, **kwargs)
builtins.open = io.open = counted
for service in ("kinesis", "sqs"):
    boto3.client(service)
    boto3.Session(region_name="eu-west-1").client(service)
print(len(opened))
"""

DIFFERENT = """
import sys
sys.path.append(sys.argv[1])
import warm
warm.warm()
import boto3
first = boto3.client("kinesis", region_name="eu-central-1", endpoint_url=None)
second = boto3.Session(region_name="us-west-2").client("kinesis")
first.meta.events.register("before-call", lambda **_: None)
print(first.meta.region_name, second.meta.region_name, first is second)
print(first.meta.events is second.meta.events)
"""

AHEAD = """
import os, sys
sys.path.append(sys.argv[1])
import warm
warm.warm()
import boto3
made = []
create = boto3.session.botocore.session.Session.create_client
def counted(self, service, *args, **options):
    made.append(service)
    return create(self, service, *args, **options)
boto3.session.botocore.session.Session.create_client = counted
plain = boto3.client("kinesis")
assert not made, "the first plain client is made ahead"
"""

CHANGED = {
    "another client": 'assert boto3.client("kinesis") is not plain',
    "another region": """
assert boto3.client("sqs", region_name="eu-west-1").meta.region_name == "eu-west-1"
""",
    "another session": 'boto3.Session().client("sqs")',
    "a new default session": 'boto3.setup_default_session(); boto3.client("sqs")',
    "another environment": """
os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:2"
assert boto3.client("sqs").meta.endpoint_url.endswith(":2")
""",
    "an event handler": """
asked = []
boto3.DEFAULT_SESSION.events.register("provide-client-params.sqs", lambda **_: asked.append(1))
try:
    boto3.client("sqs").list_queues()
except Exception:
    assert asked
""",
}


def test_clients_and_sessions_read_no_file_of_botocore_again() -> None:
    """Once warm, a client or a session of one's own parses none of botocore's data files."""
    printed = _in_a_process(COUNT)

    assert printed == "0"


def test_clients_share_nothing_that_students_set() -> None:
    """Regions and event handlers are each client's own, though what they are made from is kept."""
    printed = _in_a_process(DIFFERENT)

    assert printed == "eu-central-1 us-west-2 False\nFalse"


def test_the_first_plain_client_of_a_service_is_made_ahead() -> None:
    """It is as new as any, and so is that of the other service."""
    printed = _in_a_process(
        AHEAD + 'boto3.client("sqs", region_name="us-east-1"); print(made, plain.meta.region_name)'
    )

    assert printed == "[] us-east-1"


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_whoever_asks_otherwise_gets_a_client_of_their_own(change: str) -> None:
    """Also who changed, before, what clients are made from."""
    printed = _in_a_process(AHEAD + change + "\nprint(len(made))")

    assert printed == "1"


def _in_a_process(code: str) -> str:
    """Run code as the runner would, outside a sandbox."""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(INSIDE)],
        env=environment() | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()
