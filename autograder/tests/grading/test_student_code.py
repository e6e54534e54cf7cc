"""How a student's functions are called: code that hung before gets less time, or is not called."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from autograder.aws import PRELOAD
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud
from autograder.grading.judge.phases import Phase, Phases
from autograder.grading.judge.student_code import StudentCode
from autograder.grading.judge.time_budget import TimeBudget
from autograder.grading.judge.verdict import GraderFaultError, NeedlessRequestError
from autograder.sandbox import Returned, Sandbox, Stopped, StopReason
from autograder.sandbox.outcomes import Usage
from autograder.tests.limits import LIMITS

PATIENT = LIMITS.model_copy(update={"wall_seconds": 60.0})
CODE = """
import os, resource, select, socket, time

import boto3

def processor_seconds(die=False):
    if die:
        for number in range(5001):  # more than the runner sweeps up
            os.close(os.open(f"/tmp/{number}", os.O_CREAT))
    return resource.getrlimit(resource.RLIMIT_CPU)[0]

known = []

def remembers(value):
    known.append(value)
    return known

def sleep(seconds):
    time.sleep(seconds)
    return seconds

def request(service, operation):
    client = boto3.client(service)
    try:
        if service == "sqs":
            client.list_queue_tags(QueueUrl="any")
        else:
            client.list_streams()
    except client.exceptions.ClientError:
        pass

def dawdle():
    one, _ = socket.socketpair()
    select.select([one], [], [], 0.3)
"""


@pytest.fixture
def time_budget() -> TimeBudget:
    """Return the time budget of a run in which nothing has hung yet."""
    return TimeBudget(PATIENT.submission_seconds)


@pytest.fixture
def sandbox_and_cloud(tmp_path: Path) -> Iterator[tuple[Sandbox, Cloud]]:
    """Return a sandbox whose functions report their time limit, and its cloud."""
    tmp_path.chmod(0o755)
    (tmp_path / "code_of_theirs.py").write_text(CODE)
    (tmp_path / "looping.py").write_text("while True: pass\n")
    with Cloud() as cloud, Sandbox(tmp_path, PATIENT, preload=PRELOAD) as sandbox:
        yield sandbox, cloud


@pytest.fixture
def student(sandbox_and_cloud: tuple[Sandbox, Cloud], time_budget: TimeBudget) -> StudentCode:
    """Return a student's code whose calls have the usual time limit."""
    return StudentCode(*sandbox_and_cloud, PATIENT, time_budget, Phases())


def test_a_function_that_took_down_its_runner_has_less_time_afterwards(
    student: StudentCode,
) -> None:
    """The grader waits longest for a runner that must be stopped, so it must not wait each time."""
    module = student.module("code_of_theirs")
    before = module.processor_seconds()

    ended = student.outcome_of("code_of_theirs", "processor_seconds", die=True)

    assert isinstance(ended, Stopped)
    assert ended.reason == "runner_died"
    assert module.processor_seconds() == 1 < before


def test_a_module_whose_import_hung_twice_is_not_imported_any_more(
    sandbox_and_cloud: tuple[Sandbox, Cloud], time_budget: TimeBudget
) -> None:
    """One hang may be an accident; after the second, each test of the file would wait in vain."""
    limits = LIMITS.model_copy(update={"cpu_seconds": 1})
    student = StudentCode(*sandbox_and_cloud, limits, time_budget, Phases())

    first, second, third = (student.outcome_of("looping", name) for name in "fgh")

    assert isinstance(second, Stopped)
    assert second.during_import
    assert first is not second
    assert third is second
    assert student.module("code_of_theirs").processor_seconds() == 1


def test_a_test_that_needs_its_time_has_all_of_it(
    sandbox_and_cloud: tuple[Sandbox, Cloud], time_budget: TimeBudget
) -> None:
    """Where it `sends_many`, and the function has worked before."""
    student = StudentCode(*sandbox_and_cloud, PATIENT, time_budget, Phases(), sends_many=True)
    for result in (Returned(1, Usage()), Stopped(StopReason.CPU, Usage())):
        time_budget.note("code_of_theirs", "processor_seconds", result, 1.0)

    seconds = student.module("code_of_theirs").processor_seconds()

    assert seconds == PATIENT.cpu_seconds


def test_a_submission_that_dawdles_all_the_time_is_called_no_more(
    sandbox_and_cloud: tuple[Sandbox, Cloud],
) -> None:
    """Each call returns in time, but all calls together take too long."""
    student = StudentCode(*sandbox_and_cloud, LIMITS, TimeBudget(0.2), Phases())

    first, second = (student.outcome_of("code_of_theirs", "dawdle") for _ in range(2))

    assert isinstance(first, Returned)
    assert second == Stopped(StopReason.SUBMISSION, Usage())


def test_calls_in_a_row_share_what_the_module_remembers(student: StudentCode) -> None:
    """They share a process; any other call gets a new process."""
    module = student.module("code_of_theirs")

    values = module.values_in_a_row("remembers", ["a"], ["b"])

    assert values == [["a", "b"], ["a", "b"]]
    assert module.remembers("c") == ["c"]


def test_each_call_in_a_row_may_sleep_as_long_as_one_alone(student: StudentCode) -> None:
    """The handout names the limits of a call."""
    most = LIMITS.virtual_seconds - 1

    values = student.module("code_of_theirs").values_in_a_row("sleep", [most], [most], [most])

    assert values == [most] * 3


@pytest.mark.parametrize(
    ("service", "operation", "error", "phase"),
    [
        ("kinesis", "ListStreams", GraderFaultError, Phase.STUDENT),
        ("sqs", "ListQueueTags", NeedlessRequestError, Phase.INSPECT),
    ],
)
def test_a_failure_at_a_needless_request_opens_no_points(
    service: str,
    operation: str,
    error: type[Exception],
    phase: Phase,
    sandbox_and_cloud: tuple[Sandbox, Cloud],
    time_budget: TimeBudget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a student who finds a fault of the simulated AWS could open every point."""
    sandbox, cloud = sandbox_and_cloud
    phases = Phases()
    student = StudentCode(sandbox, cloud, PATIENT, time_budget, phases)

    def fail(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(getattr(cloud.gate, service), "answer", fail)
    with closing(Server(cloud.gate, sandbox.listener)), pytest.raises(error):
        student.outcome_of("code_of_theirs", "request", service, operation)

    assert phases.current is phase
