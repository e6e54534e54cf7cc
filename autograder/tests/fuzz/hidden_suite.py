"""A hidden suite in this process: collected once, and run any number of times.

The plugin, its fixtures, the phases and the journal are real. Only the sandbox is replaced, by a
sandbox that interprets a program.
"""

import json
import shutil
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from _pytest.config import _prepareconfig

from autograder.assignment import Assignment, Course
from autograder.aws.gate import Gate
from autograder.grading.foreman.journal import read_journal
from autograder.grading.foreman.pytest_run import UNUSED_PLUGINS, PytestRun
from autograder.grading.foreman.report import read_interrupted
from autograder.grading.foreman.session import GradingSession
from autograder.grading.grade import GradedTest
from autograder.grading.judge.phases import InspectionLimitError, Phases
from autograder.grading.judge.plan import read_plan, read_requirements
from autograder.grading.judge.time_budget import TimeBudget
from autograder.grading.judge.verdict import Verdict
from autograder.limits import Limits
from autograder.notebook.handed_in import SubmittedFiles
from autograder.sandbox import CallResult, Sandbox, Stopped, StopReason, Usage
from autograder.sandbox.inside.wire import decode, encode
from autograder.sandbox.outcomes import read_result
from autograder.tests.fuzz import conversation, honest
from autograder.tests.fuzz.conversation import Step
from autograder.tests.fuzz.honest import Client, RefusedError, StoppedError
from autograder.tests.fuzz.program import TEST, edited, made

ID = "m06_partitioned_logs"
NOTEBOOK = "concepts.ipynb"
LARGEST_BATCH = 500
MOST_PUT = 5_000
"""The most records that a step may store: more than any reader looks at."""
MOST_PUT_BYTES = 3 << 20
"""The most bytes that a step may store; three such steps are more than any reader looks at."""
_REPORT = {
    "reason": None, "imported": True, "signal": 0, "exit_code": 0, "cpu_seconds": 0.1,
    "printed_bytes": 0,
}  # fmt: skip


Error = tuple[str, BaseException]
"""The name of a test, and the exception that ended it."""


class ScriptedSandbox(Sandbox):
    """Runs a program in place of each of a student's functions."""

    def __init__(self, submission: Path, limits: Limits) -> None:
        super().__init__(submission, limits)
        self.gate: Gate | None = None
        self.seconds = 0.0
        """Processor time of all calls, including the simulated AWS."""
        self.steps: Sequence[Step] = ()

    def stop(self, reason: StopReason) -> None:
        """Note that a budget of the call is used up."""
        self._stop_reason = self._stop_reason or reason

    def call(
        self,
        module: str,
        function: str,
        args: list[Any],
        kwargs: dict[str, Any],  # noqa: ARG002 - no hidden test gives any
        limits: Limits | None = None,
        again: Sequence[list[Any]] = (),
    ) -> CallResult:
        """Run the program with these arguments, and then with those of further calls."""
        assert self.gate is not None
        self._stop_reason = None
        client = Client(self.gate, lambda: self._stop_reason)
        most = (limits or self._limits).return_kib << 10
        begin = time.process_time()
        try:
            answers = [
                _ProgrammedCall(client, function, arguments).follow(self.steps)
                for arguments in (args, *again)
            ]
            answer = answers[0]
            results = [decode(content) for content in answers]
            if again and all(result.get("kind") == "returned" for result in results):
                answer = encode(
                    {**results[0], "value": [result.get("value") for result in results]}
                )
            return read_result(encode(_REPORT), answer, module, function, most)
        except StoppedError as error:
            return Stopped(error.reason, Usage())
        finally:
            self.seconds += time.process_time() - begin


class _ProgrammedCall:
    """One call of a function, as a program describes it."""

    def __init__(self, client: Client, function: str, args: list[Any]) -> None:
        self._client = client
        self._function = function
        self._args = args
        self._known = {"StreamName": str(args[0])}
        if len(args) > 1:
            self._known["ShardId"] = str(args[1])
        self._value: Any = None

    def follow(self, steps: Sequence[Step]) -> bytes:
        """Do each step; return the answer that the child process of the sandbox would send.

        Raises:
            StoppedError: The call ends without an answer.
        """
        for operation, parameters in steps:
            if operation == "student.stop":
                raise StoppedError(_stop_reason(parameters))
            if operation == "student.raise":
                return _raised(parameters if isinstance(parameters, dict) else {})
            try:
                self._take(operation, parameters)
            except RefusedError as error:
                return _raised({"type": "ClientError", "message": "m", "code": str(error)})
            except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
                return _raised({"type": type(error).__name__, "message": "m", "code": None})
        try:
            return encode({"kind": "returned", "value": self._value, "virtual_seconds": 1.0})
        except (ValueError, RecursionError):
            return encode({"kind": "unsendable", "where": "", "type": "list", "reason": "nan"})

    def _take(self, operation: str, parameters: Any) -> None:
        match operation, parameters:
            case "student.honest", _:
                self._value = honest.FUNCTIONS[self._function](self._client, *self._args)
            case "student.return", _:
                self._value = made(parameters)
            case "student.edit", _:
                self._value = edited(self._value, parameters)
            case "student.put", {"data": data, "key": str(key), "count": int(count)}:
                self._put(made(data), key, count)
            case str(), _ if operation.startswith(("kinesis.", "sqs.")):
                self._ask(operation, parameters)

    def _ask(self, operation: str, parameters: Any) -> None:
        """Send a request, and ignore errors."""
        own = {("StreamName", "s"), ("QueueName", "q"), ("QueueUrl", "q")}
        if isinstance(parameters, dict):
            parameters = {
                name: self._args[0] if (name, str(value)) in own else value
                for name, value in parameters.items()
            }
        filled = conversation.filled_in(parameters, self._known)
        _, answer = self._client.try_once(operation, filled)
        self._known.update(conversation.texts_in(answer))

    def _put(self, data: Any, key: str, count: int) -> None:
        """Store a record many times."""
        text = data if isinstance(data, str) else json.dumps(data)
        record = {
            "Data": honest.encoded(text.encode("utf-8", "surrogatepass")),
            "PartitionKey": key,
        }
        batch = max(1, min(LARGEST_BATCH, (4 << 20) // (len(text) + len(key) + 1)))
        count = min(count, MOST_PUT, MOST_PUT_BYTES // (len(text) + 1))
        for begin in range(0, count, batch):
            records = [record] * min(batch, count - begin)
            parameters = {"StreamName": self._args[0], "Records": records}
            self._client.try_once("kinesis.PutRecords", parameters)


def _stop_reason(word: object) -> StopReason:
    """Return the reason of that name, or a fixed one for an unknown name."""
    return next((reason for reason in StopReason if reason == word), StopReason.SIGNAL)


def _raised(parameters: dict[str, Any]) -> bytes:
    kind = str(parameters.get("type"))
    code = parameters.get("code")
    message = made(parameters.get("message"))
    return encode(
        {
            "kind": "raised",
            "type": kind,
            "bases": [kind, "Exception", "object"],
            "message": message[:2000] if isinstance(message, str) else "",
            "code": None if code is None else str(code),
            "frames": [["kinesis_multi_shard.py", 3, "f", kind]],
            "during_import": parameters.get("during_import") is True,
        }
    )


class ScriptedSession(GradingSession):
    """A session whose sandbox runs one program after the other."""

    def __init__(self, assignment: Assignment, submission: Path) -> None:
        self._submission = submission
        self.scripted_sandbox = ScriptedSandbox(submission, assignment.limits)
        super().__init__(assignment, submission, self.scripted_sandbox, Phases())
        self.scripted_sandbox.gate = self.cloud.gate

    def renew(self, steps: Sequence[Step]) -> None:
        """Forget the state of the program before."""
        self.scripted_sandbox.steps = steps
        self.scripted_sandbox.seconds = 0.0
        self.phases = Phases()
        self.handed_in = SubmittedFiles(self._submission)
        self._time_budget = TimeBudget(self.assignment.limits.submission_seconds)


@dataclass(frozen=True)
class SuiteRun:
    """The result of a run of the hidden tests."""

    tests: tuple[GradedTest, ...]
    errors: tuple[Error, ...]
    """Exceptions that ended a test unexpectedly: neither verdicts nor exhausted budgets."""
    seconds: float
    """Processor time of the tests' code, without the student's calls, which have budgets."""


class HiddenSuite:
    """The suite of module 6, ready to run against one program after the other.

    Args:
        scratch: An empty folder.
    """

    def __init__(self, scratch: Path) -> None:
        course = Course.of_this_checkout()
        assignment = course.load(ID)
        suite = course.suites / ID
        self._solution = json.loads((course.solutions / ID / NOTEBOOK).read_bytes())
        self._plan = read_plan(assignment, suite)
        self._requirements = read_requirements(suite)
        self._journal = scratch / "journal.jsonl"
        self._submission = scratch / "submission"
        shutil.copytree(course.solutions / ID, self._submission)
        self._grading_session = ScriptedSession(assignment, self._submission)
        self._errors: list[Error] = []
        settings = scratch / "pytest.ini"
        settings.write_text("[pytest]\n")
        arguments = [
            "-c", str(settings), "--rootdir", str(suite), "--confcutdir", str(suite),
            "--import-mode=importlib", "--disable-plugin-autoload", "--capture=no",
            "-p", "autograder.grading.foreman.plugin", "-p", "no:terminal",
            *[part for name in UNUSED_PLUGINS for part in ("-p", f"no:{name}")],
            "--journal", str(self._journal),
            *[str(suite / test.node_id) for test in self._plan.tests],
        ]  # fmt: skip
        # Like pytest.main, but without the loop over the tests, which is in `run`.
        # pytest has no public name for it; pytest-xdist does the same in its workers.
        self._config = _prepareconfig(arguments, [self])
        self._config.option.tbstyle = "line"  # the terminal's option; nobody reads the long form
        self._config._do_configure()
        self._session = pytest.Session.from_config(self._config)
        self._config.hook.pytest_sessionstart(session=self._session)
        with patch.object(GradingSession, "set_up", lambda *_, **__: self._grading_session):
            collected = self._session.perform_collect()
        self._tests = {test.nodeid: test for test in collected}

    def close(self) -> None:
        """End the session."""
        self._config._ensure_unconfigure()

    def run(self, steps: Sequence[Step]) -> SuiteRun:
        """Run a program as student code with all hidden tests, or with the test that it names."""
        (self._submission / NOTEBOOK).write_bytes(notebook_of(steps, self._solution))
        self._grading_session.renew(steps)
        self._journal.write_bytes(b"")
        self._errors = []
        tests = self._plan.tests
        named = [number for step, number in steps if step == TEST and isinstance(number, int)]
        planned = [tests[named[0] % len(tests)]] if named else tests
        chosen = [self._tests[test.node_id] for test in planned]
        begin = time.process_time()
        for test, following in zip_longest(chosen, chosen[1:]):
            self._config.hook.pytest_runtest_protocol(item=test, nextitem=following)
        seconds = time.process_time() - begin - self._grading_session.scripted_sandbox.seconds
        entries = read_journal(self._journal)
        graded, _ = read_interrupted(
            PytestRun(None, None, "", entries), planned, self._requirements
        )
        assert len(graded) == len(planned), "a test left no verdict"
        return SuiteRun(tuple(graded.values()), tuple(self._errors), seconds)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None], item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep the exception that ended a test."""
        expected = (Verdict, InspectionLimitError, MemoryError)
        if call.excinfo is not None and not isinstance(call.excinfo.value, expected):
            self._errors.append((item.name, call.excinfo.value))
        return (yield)


def notebook_of(steps: Sequence[Step], solution: Any) -> bytes:
    """Return the notebook that a program hands in: the solution's notebook, changed."""
    content = solution
    for operation, parameters in steps:
        try:
            if operation == "notebook.raw":
                text = made(parameters)
                text = text if isinstance(text, str) else json.dumps(text)
                return text.encode("utf-8", "surrogatepass")
            if operation == "notebook.edit":
                content = edited(content, parameters)
            if operation == "notebook.code" and isinstance(content, dict):
                cell = {"cell_type": "code", "id": "changed", "source": made(parameters)}
                cells = content.get("cells")
                content = {**content, "cells": [*cells, cell] if isinstance(cells, list) else cell}
        except (TypeError, ValueError, RecursionError, OverflowError):
            continue
    try:
        return json.dumps(content).encode()
    except (ValueError, RecursionError):
        return b"{}"
