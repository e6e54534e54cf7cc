"""A pytest plugin that tells where the time of one grade goes; writes it as JSON at the end."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import autograder.aws.server
from autograder.sandbox import Sandbox

BEGAN = pytest.StashKey[float]()
SPENT = pytest.StashKey["Spent"]()


class Spent:
    """Seconds, by who spent them."""

    def __init__(self) -> None:
        self.calls = 0.0
        """In calls and in starting the sandbox, as the clock on the wall has it."""
        self.student = 0.0
        """Processor time of the processes that ran the student's code."""
        self.cloud = 0.0
        """Processor time of the threads that answer requests."""
        self._lock = threading.Lock()

    def note_cloud(self, seconds: float) -> None:
        """Add what one thread spent."""
        with self._lock:
            self.cloud += seconds


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the place to write to."""
    parser.addoption("--shares", metavar="FILE")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin to measure."""
    spent = config.stash[SPENT] = Spent()
    config.stash[BEGAN] = time.perf_counter()
    _measure_calls(spent)
    answer = autograder.aws.server.answer_one
    vars(autograder.aws.server)["answer_one"] = _thread_time_of(answer, spent)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Write what was measured."""
    spent, whole = config.stash[SPENT], time.perf_counter() - config.stash[BEGAN]
    shares = {
        "student code": spent.student,
        "cloud": spent.cloud,
        "sandbox": spent.calls - spent.student - spent.cloud,
        "pytest and tests": whole - spent.calls,
    }
    Path(config.getoption("--shares")).write_text(json.dumps(shares))


def _measure_calls(spent: Spent) -> None:
    call, start = Sandbox.call, Sandbox.start

    def measured_call(sandbox: Sandbox, *args: Any, **options: Any) -> Any:
        begin, before = time.perf_counter(), spent.calls
        result = call(sandbox, *args, **options)
        spent.calls = before + time.perf_counter() - begin  # a start within is in it already
        usage = getattr(result, "usage", None)
        spent.student += usage.cpu_seconds if usage else 0.0
        return result

    def measured_start(sandbox: Sandbox) -> None:
        begin = time.perf_counter()
        start(sandbox)
        spent.calls += time.perf_counter() - begin

    setattr(Sandbox, "call", measured_call)  # noqa: B010 - a replacement, not a method
    setattr(Sandbox, "start", measured_start)  # noqa: B010 - a replacement, not a method


def _thread_time_of(answer: Callable[..., bool], spent: Spent) -> Callable[..., bool]:
    def measured(*args: Any) -> bool:
        begin = time.thread_time()
        try:
            return answer(*args)
        finally:
            spent.note_cloud(time.thread_time() - begin)

    return measured


def as_lines(shares: dict[str, float]) -> Iterator[str]:
    """Write shares as percents."""
    whole = sum(shares.values())
    for name, seconds in shares.items():
        yield f"  {name:20} {seconds / whole:4.0%}  {seconds:6.2f} s"
