"""What single things cost in the sandbox: a call, a client of boto3, a request.

A fork of the warm runner shares its memory until it writes to a page, and Python writes to each
object that it uses. So most of what a call costs are pages that the kernel copies: they are counted
as page faults.
"""

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.aws import PRELOAD
from autograder.aws.calls import CallBudget
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud
from autograder.benchmarks.submissions import the_assignment
from autograder.sandbox import Returned, Sandbox, interpreter_for

PROBE = """
import resource
import boto3

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def nothing():
    return faults()

def client():
    boto3.client("kinesis")
    return faults()

def one_request():
    boto3.client("kinesis").list_streams()
    return faults()

def eleven_requests():
    kinesis = boto3.client("kinesis")
    for _ in range(11):
        kinesis.list_streams()
    return faults()
"""
FUNCTIONS = ("nothing", "client", "one_request", "eleven_requests")


@dataclass(frozen=True)
class Cost:
    """What something costs."""

    milliseconds: float
    """Of processor time."""
    page_faults: float


def unit_costs(repeats: int) -> dict[str, Cost]:
    """Measure in one sandbox, in turns. Returns medians."""
    _, assignment = the_assignment()
    interpreter = interpreter_for(assignment.python)
    limits = assignment.limits
    budget = CallBudget(api_calls=100, idle_reads=100, traffic_bytes=1 << 26)
    found: dict[str, list[Cost]] = {name: [] for name in FUNCTIONS}
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "probe.py").write_text(PROBE)
        cloud = Cloud()
        servers: list[Server] = []
        with Sandbox(folder, limits, interpreter=interpreter, preload=PRELOAD) as sandbox:
            sandbox.on_start(lambda listener: servers.append(Server(cloud.gate, listener)))
            for _ in range(repeats):
                for function in FUNCTIONS:
                    cloud.gate.begin_call(budget, sandbox.stop)
                    result = sandbox.call("probe", function, [], {}, limits=limits)
                    cloud.gate.end_call()
                    assert isinstance(result, Returned), result
                    found[function].append(Cost(1000 * result.usage.cpu_seconds, result.value))
        for server in servers:
            server.close()
        cloud.close()
    nothing, client, first, eleven = (_median(found[function]) for function in FUNCTIONS)
    return {
        "a call that does nothing": nothing,
        "a client": _difference(client, nothing),
        "the first request": _difference(first, client),
        "another request": _difference(eleven, first, times=10),
    }


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.milliseconds for cost in costs),
        statistics.median(cost.page_faults for cost in costs),
    )


def _difference(more: Cost, less: Cost, times: int = 1) -> Cost:
    return Cost(
        (more.milliseconds - less.milliseconds) / times,
        (more.page_faults - less.page_faults) / times,
    )


def as_lines(costs: dict[str, Cost]) -> Iterator[str]:
    """Write costs as a table."""
    for what, cost in costs.items():
        yield f"  {what:33} {cost.milliseconds:6.2f} ms  {cost.page_faults:6.0f} page faults"
