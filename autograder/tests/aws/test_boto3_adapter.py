"""What student code gets of the preloaded boto3, what it does not get, and the shared time."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograder.aws import PRELOAD
from autograder.aws.calls import CallBudget
from autograder.aws.inside.boto3_adapter import ANSWER, REQUEST_BYTES
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud
from autograder.sandbox import Returned, Sandbox
from autograder.sandbox.bubblewrap import environment
from autograder.tests.limits import LIMITS

READY = """
import contextlib, sys, types
sys.path.append(sys.argv[1])
import boto3_adapter
boto3_adapter.preload(
    types.SimpleNamespace(
        offset=0.0, follow=lambda offset: None, asking=contextlib.nullcontext
    )
)
import boto3
"""

COUNT = """
import builtins, io
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
first = boto3.client("kinesis", region_name="eu-central-1", endpoint_url=None)
second = boto3.Session(region_name="us-west-2").client("kinesis")
first.meta.events.register("before-call", lambda **_: None)
print(first.meta.region_name, second.meta.region_name, first is second)
print(first.meta.events is second.meta.events)
"""

AHEAD = """
import os
made = []
create = boto3.session.botocore.session.Session.create_client
def counted(self, service, *args, **options):
    made.append(service)
    return create(self, service, *args, **options)
boto3.session.botocore.session.Session.create_client = counted
plain = boto3.client("kinesis")
assert not made, "the first plain client is made ahead"
"""

RULES = """
from botocore import endpoint_provider
made = []
create = endpoint_provider.RuleCreator.create
def counted(*args, **kwargs):
    made.append(kwargs)
    return create(*args, **kwargs)
endpoint_provider.RuleCreator.create = counted
boto3.Session(region_name="eu-west-1").client("kinesis")
print(len(made))
"""

USER_AGENT = """
from botocore import useragent
boto3.Session(region_name="eu-west-1").client("kinesis")
before = useragent.sanitize_user_agent_string_component.cache_info()
try:
    boto3.client("kinesis").list_streams()
except Exception:
    after = useragent.sanitize_user_agent_string_component.cache_info()
print(after.hits > before.hits, after.misses - before.misses)
"""

SLEEPER = """
import time
import boto3

def sleep_and_poll():
    before = time.time()
    time.sleep(100)
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="empty")["QueueUrl"]
    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    return round(time.time() - before, -1)
"""

SLOW_ANSWER = """
import threading, time
import boto3

def sleep_while_another_asks():
    seconds = []
    def ask():
        before = time.time()
        boto3.client("sqs").list_queues()
        seconds.append(time.time() - before)
    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(30)
    thread.join()
    return seconds[0] < 20
"""

CONSUMERS = """
import asyncio, multiprocessing, os, select, threading, time
import boto3

def send_later():
    time.sleep(5)
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="q")["QueueUrl"], MessageBody="m")

def receive():
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    return [message["Body"] for message in answer.get("Messages", [])]

def next_to(producer):
    boto3.client("sqs").create_queue(QueueName="q")
    producer.start()
    bodies = receive()
    producer.join()
    return bodies

def next_to_a_thread():
    return next_to(threading.Thread(target=send_later))

def next_to_a_process():
    return next_to(multiprocessing.get_context("fork").Process(target=send_later))

def compute_and_send():
    end = time.process_time() + 1
    while time.process_time() < end:
        pass
    send_later()

def next_to_a_busy_thread():
    return next_to(threading.Thread(target=compute_and_send))

def work_a_little():
    reading, _ = os.pipe()
    for _ in range(25):
        select.select([reading], [], [], 0.01)  # in real time
        end = time.thread_time() + 0.002
        while time.thread_time() < end:
            pass

def next_to_a_thread_that_lets_others_work_before_it_sleeps():
    threading.Thread(target=work_a_little).start()
    return next_to_a_thread()

def in_asyncio():
    async def main():
        boto3.client("sqs").create_queue(QueueName="q")
        receiving = asyncio.create_task(asyncio.to_thread(receive))
        await asyncio.to_thread(send_later)
        return await receiving
    return asyncio.run(main())
"""

PRYING = """
import importlib, os

def importable():
    found = []
    for name in ("boto3_adapter", "preload", "inside", "autograder"):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        found.append(name)
    return found

def shown():
    return sorted(name for name in os.listdir("/preload") if name.endswith(".py"))

def written():
    try:
        open("/preload/x.py", "w")
    except OSError:
        return False
    return True
"""

CHANGED = {
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
    """After preloading, new clients and sessions do not parse botocore's data files."""
    printed = _in_a_process(COUNT)

    assert printed == "0"


def test_clients_parse_no_rules_again() -> None:
    """Another session's client of a service uses the rules that the first one parsed."""
    assert _in_a_process(RULES) == "0"


def test_user_agents_are_sanitized_once() -> None:
    """A request uses the parts that were sanitized before."""
    assert _in_a_process(USER_AGENT) == "True 0"


def test_the_student_and_the_simulated_aws_have_the_same_time(tmp_path: Path) -> None:
    """Sleep and long polls move the clock of both, without taking real time."""
    tmp_path.chmod(0o755)
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    budget = CallBudget(api_calls=10, idle_reads=10, traffic_bytes=1 << 20)

    with Cloud() as cloud, Sandbox(tmp_path, LIMITS, preload=PRELOAD) as sandbox:
        server = Server(cloud.gate, sandbox.listener)
        cloud.gate.begin_call(budget, sandbox.stop)
        result = sandbox.call("sleeper", "sleep_and_poll", [], {})
        offset = cloud.clock.offset
        server.close()

    assert isinstance(result, Returned)
    assert result.value == 120
    assert result.usage.virtual_seconds == offset == 120


@pytest.mark.parametrize(
    "function",
    [
        "next_to_a_thread",
        "next_to_a_busy_thread",
        "next_to_a_thread_that_lets_others_work_before_it_sleeps",
        "next_to_a_process",
        "in_asyncio",
    ],
)
def test_a_long_poll_receives_what_the_same_call_sends_meanwhile(
    tmp_path: Path, function: str
) -> None:
    """Virtual time does not jump to the end of the poll while somebody else is still at work."""
    tmp_path.chmod(0o755)
    (tmp_path / "consumers.py").write_text(CONSUMERS)
    budget = CallBudget(api_calls=20, idle_reads=10, traffic_bytes=1 << 20)

    with Cloud() as cloud, Sandbox(tmp_path, LIMITS, preload=PRELOAD) as sandbox:
        server = Server(cloud.gate, sandbox.listener)
        cloud.gate.begin_call(budget, sandbox.stop, sandbox.is_at_work)
        result = sandbox.call("consumers", function, [], {})
        server.close()

    assert isinstance(result, Returned)
    assert result.value == ["m"]


def test_nobody_sleeps_on_while_another_waits_for_an_answer(tmp_path: Path) -> None:
    """The simulated AWS may be slow on a busy machine; a message must not reappear for that."""
    tmp_path.chmod(0o755)
    (tmp_path / "sleeper.py").write_text(SLOW_ANSWER)

    with Sandbox(tmp_path, LIMITS, preload=PRELOAD) as sandbox:
        server = threading.Thread(target=_answer_slowly, args=(sandbox.listener,))
        server.start()
        result = sandbox.call("sleeper", "sleep_while_another_asks", [], {})
        server.join()

    assert isinstance(result, Returned)
    assert result.value is True
    assert result.usage.virtual_seconds == 30


def _answer_slowly(listener: socket.socket) -> None:
    """Answer a request half a second after it came."""
    listener.settimeout(20)
    connection, _ = listener.accept()
    with connection:
        connection.recv(REQUEST_BYTES)
        threading.Event().wait(0.5)
        connection.sendall(ANSWER)


def test_student_code_cannot_import_or_change_the_preloaded_modules(
    tmp_path: Path,
) -> None:
    """Student files may have any name, and this module is all they can see of the grader."""
    tmp_path.chmod(0o755)
    (tmp_path / "prying.py").write_text(PRYING)

    with Sandbox(tmp_path, LIMITS, preload=PRELOAD) as sandbox:
        found = [
            sandbox.call("prying", function, [], {})
            for function in ("importable", "shown", "written")
        ]

    assert [result.value for result in found if isinstance(result, Returned)] == [
        [],
        ["__init__.py", "boto3_adapter.py"],
        False,
    ]


def test_clients_share_nothing_that_students_set() -> None:
    """Each client has separate regions and event handlers, although its parts are cached."""
    printed = _in_a_process(DIFFERENT)

    assert printed == "eu-central-1 us-west-2 False\nFalse"


def test_the_first_plain_client_of_a_service_is_made_in_advance() -> None:
    """It is unused, and so is the client of the other service."""
    printed = _in_a_process(
        AHEAD + 'boto3.client("sqs", region_name="us-east-1"); print(made, plain.meta.region_name)'
    )

    assert printed == "[] us-east-1"


def test_several_plain_clients_are_made_in_advance() -> None:
    """Each is another client, and code that makes more of them gets more."""
    printed = _in_a_process(
        AHEAD
        + "clients = [plain, *(boto3.client('kinesis') for _ in range(9))]\n"
        + "emitters = {id(client.meta.events) for client in clients}\n"
        + "print(len(made), len(set(map(id, clients))), len(emitters))"
    )

    assert printed == "4 10 10"


def test_clients_share_the_aliases_of_events() -> None:
    """What one client has found out about a name, the next one knows."""
    printed = _in_a_process(
        "first, second = boto3.client('kinesis'), boto3.client('kinesis')\n"
        "try:\n"
        "    first.describe_limits()\n"
        "except Exception:\n"
        "    print('before-call.kinesis.DescribeLimits' in second.meta.events._alias_name_cache)"
    )

    assert printed == "True"


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_other_options_give_a_new_client(change: str) -> None:
    """This includes code that first changed the session or the environment."""
    printed = _in_a_process(AHEAD + change + "\nprint(len(made))")

    assert printed == "1"


def _in_a_process(code: str) -> str:
    """Run code as the runner would, outside a sandbox."""
    ran = subprocess.run(
        [sys.executable, "-c", READY + code, str(PRELOAD.parent)],
        env=environment() | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()
