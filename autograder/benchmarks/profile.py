"""A pytest plugin that tells which part of one grade uses how much processor time.

It writes JSON at the end: seconds by part, the same for each test, and what was counted.
"""

import json
import resource
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import autograder.aws.kinesis.api
import autograder.aws.server
from autograder.aws.kinesis.api import KinesisApi
from autograder.aws.sqs.api import SqsApi
from autograder.grading.judge.phases import Phase, Phases
from autograder.sandbox import Sandbox

PROFILE = pytest.StashKey["Profile"]()
PARTS = {
    "student": "student code: calls",
    "import": "student code: imports",
    "runner": "sandbox: its processes",
    "sandbox": "sandbox: the grader's side",
    "http": "simulated AWS: HTTP and the gate",
    "services": "simulated AWS: services",
    "moto": "simulated AWS: moto",
    "arrange": "tests: arranging",
    "inspect": "tests: judging",
    "pytest": "pytest, reports, start and end",
}
"""In the order in which they are shown."""
_OF_PHASES = {Phase.ARRANGE: "arrange", Phase.STUDENT: "sandbox", Phase.INSPECT: "inspect"}
MOST_EXPENSIVE = 10
"""Tests that are shown."""


class Profile:
    """Processor seconds, by part and by test."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.counts: Counter[str] = Counter()
        self._spent: defaultdict[str, defaultdict[str, float]] = defaultdict(_no_seconds)
        self._test = ""
        self._part = "pytest"
        self._since = time.thread_time()
        self._lock = threading.Lock()

    def add(self, part: str, seconds: float) -> None:
        """Add what a part of the test under way used; any thread may."""
        with self._lock:
            self._spent[self._test][part] += seconds

    def enter(self, part: str, test: str | None = None) -> None:
        """Note that the main thread turns to another part, and perhaps to another test."""
        now = time.thread_time()
        self.add(self._part, now - self._since)
        self._part, self._since = part, now
        if test is not None:
            self._test = test

    def timed(self, part: str, of: str | None, action: Callable[..., Any]) -> Callable[..., Any]:
        """Return the action, timed for a part; `of` is the part that its time would count for."""

        def measured(*args: Any, **options: Any) -> Any:
            begin = time.thread_time()
            try:
                return action(*args, **options)
            finally:
                spent = time.thread_time() - begin
                self.add(part, spent)
                if of is not None:
                    self.add(of, -spent)
                self.counts[part] += 1

        return measured

    def as_json(self) -> str:
        """Write what was measured, after everything has ended."""
        self.enter("pytest", "")
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        student = sum(spent["student"] + spent["import"] for spent in self._spent.values())
        self.add("runner", children.ru_utime + children.ru_stime - student)
        parts = {part: sum(spent[part] for spent in self._spent.values()) for part in PARTS}
        tests = {test: dict(spent) for test, spent in self._spent.items() if test}
        whole = time.perf_counter() - self.began
        return json.dumps({"seconds": whole, "parts": parts, "tests": tests, "counts": self.counts})


def _no_seconds() -> defaultdict[str, float]:
    return defaultdict(float)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the place to write to."""
    parser.addoption("--profile-to", metavar="FILE")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin to measure."""
    profile = config.stash[PROFILE] = Profile()
    _measure_phases(profile)
    _measure_calls(profile)
    server, kinesis = vars(autograder.aws.server), vars(autograder.aws.kinesis.api)
    server["answer_one"] = profile.timed("http", None, server["answer_one"])
    kinesis["ask_moto"] = profile.timed("moto", "services", kinesis["ask_moto"])
    for api in (KinesisApi, SqsApi):
        setattr(api, "answer", profile.timed("services", "http", api.answer))  # noqa: B010 - a replacement, not a method


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Count for this test."""
    profile = item.config.stash[PROFILE]
    profile.enter("pytest", item.nodeid)
    yield
    profile.enter("pytest", "")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Write what was measured."""
    Path(config.getoption("--profile-to")).write_text(config.stash[PROFILE].as_json())


def _measure_phases(profile: Profile) -> None:
    enter, begin, end = Phases._enter, Phases.begin_test, Phases.end_test

    def measured_enter(phases: Phases, phase: Phase) -> None:
        enter(phases, phase)
        profile.enter(_OF_PHASES[phase])

    def measured_begin(phases: Phases) -> None:
        begin(phases)
        profile.enter("arrange")

    def measured_end(phases: Phases) -> None:
        end(phases)
        profile.enter("pytest")

    setattr(Phases, "_enter", measured_enter)  # noqa: B010 - a replacement, not a method
    setattr(Phases, "begin_test", measured_begin)  # noqa: B010 - a replacement, not a method
    setattr(Phases, "end_test", measured_end)  # noqa: B010 - a replacement, not a method


def _measure_calls(profile: Profile) -> None:
    call = Sandbox.call

    def measured_call(sandbox: Sandbox, *args: Any, **options: Any) -> Any:
        result = call(sandbox, *args, **options)
        if usage := getattr(result, "usage", None):
            profile.add("import", usage.import_seconds)
            profile.add("student", usage.cpu_seconds - usage.import_seconds)
        profile.counts["student"] += 1
        return result

    setattr(Sandbox, "call", measured_call)  # noqa: B010 - a replacement, not a method


def as_lines(profile: dict[str, Any]) -> Iterator[str]:
    """Write a profile as a table of its parts, and of the most expensive tests."""
    parts, counts = profile["parts"], profile["counts"]
    whole = sum(parts.values())
    for part, title in PARTS.items():
        times = f"  {counts[part]} times" if part in counts else ""
        yield f"  {title:33} {parts[part] / whole:4.0%}  {parts[part]:6.3f} s{times}"
    student = parts["student"] + parts["import"]
    yield f"  {'together':33} 100%  {whole:6.3f} s in {profile['seconds']:.3f} s of real time"
    yield f"  {'over the time of student code':33}       {whole / student:5.2f}"
    yield "the most expensive tests, in processor milliseconds:"
    yield f"  {'student':>8} {'AWS':>5} {'arrange':>8} {'judge':>6}"
    costs = {test: sum(spent.values()) for test, spent in profile["tests"].items()}
    for test in sorted(costs, key=lambda test: -costs[test])[:MOST_EXPENSIVE]:
        spent = _no_seconds() | profile["tests"][test]
        figures = (
            spent["student"] + spent["import"],
            spent["http"] + spent["services"] + spent["moto"],
            spent["arrange"],
            spent["inspect"],
        )
        student, aws, arrange, judge = (round(1000 * seconds) for seconds in figures)
        yield f"  {student:8} {aws:5} {arrange:8} {judge:6}  {test.partition('::')[2]}"
