"""What children of the runner inherit ready made, and what they do not."""

import subprocess
import sys

from autograder.jail.bubblewrap import INSIDE, environment

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


def test_clients_and_sessions_read_no_file_of_botocore_again() -> None:
    """Once warm, a client or a session of one's own parses none of botocore's data files."""
    printed = _in_a_process(COUNT)

    assert printed == "0"


def test_clients_share_nothing_that_students_set() -> None:
    """Regions and event handlers are each client's own, though what they are made from is kept."""
    printed = _in_a_process(DIFFERENT)

    assert printed == "eu-central-1 us-west-2 False\nFalse"


def _in_a_process(code: str) -> str:
    """Run code as the runner would, outside a jail."""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(INSIDE)],
        env=environment() | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()
