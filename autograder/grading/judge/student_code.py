"""The student's code as hidden tests see it: functions that run in the sandbox."""

import ast
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.aws.calls import CallBudget
from autograder.aws.simulated import Cloud
from autograder.grading.judge.explain import verdict_of
from autograder.grading.judge.phases import Phases
from autograder.grading.judge.time_budget import TimeBudget
from autograder.grading.judge.verdict import GraderFaultError, NeedlessRequestError, Verdict
from autograder.limits import Limits
from autograder.sandbox import CallResult, Raised, Returned, Sandbox, Stopped, StopReason

NEVER_ASKED_FOR = frozenset(
    {"NotImplementedError", "MemoryError", "SystemExit", "RecursionError", "SyntaxError"}
)
"""Errors that no requirement asks for: code that raises one has not done its work."""


NoteCall = Callable[[str, str, Sequence[Any], Mapping[str, Any], Sequence[Sequence[Any]]], None]


class Signatures:
    """Reads signatures from the stubs that students are given.

    Args:
        folder: The student repository.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, module: str, function: str) -> str | None:
        """Return a function's signature without annotations; None if no stub declares it.

        >>> Signatures(folder).of("words", "count_words")
        'count_words(path, at_most=50)'
        """
        try:
            tree = ast.parse((self._folder / f"{module}.py").read_text(encoding="utf-8"))
        except OSError:
            return None
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == function:
                return f"{function}({ast.unparse(_without_annotations(node.args))})"
        return None


def _without_annotations(arguments: ast.arguments) -> ast.arguments:
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        argument.annotation = None
    return arguments


class StudentCode:
    """Calls functions of one submission, each within its budgets.

    Args:
        sandbox: Where they run.
        cloud: What they talk to.
        limits: The budgets.
        time_budget: What earlier calls of the run have shown.
        phases: Notes when the student's code runs.
        note_call: Called with each call's module, function and arguments.
        note_end: Called with how it ended.
        sends_many: Whether the test asks for several hundred requests, and so for more time.
        signatures: How the handout declares the functions.
        python: What `explain.about_python` says of the Python that runs the code.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        cloud: Cloud,
        limits: Limits,
        time_budget: TimeBudget,
        phases: Phases,
        *,
        note_call: NoteCall = lambda *_: None,
        note_end: Callable[[CallResult], None] = lambda _: None,
        sends_many: bool = False,
        signatures: Signatures | None = None,
        python: str | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._cloud = cloud
        self._time_budget = time_budget
        self._phases = phases
        self._note_call = note_call
        self._note_end = note_end
        self._sends_many = sends_many
        self._signatures = signatures
        self._python = python
        self.limits = limits

    def module(self, name: str) -> "Module":
        """Take one graded file; its functions are attributes that can be called."""
        return Module(self, name)

    def outcome_of(self, module: str, function: str, *args: Any, **kwargs: Any) -> CallResult:
        """Call a function and return how it ended, for tests that judge more than its value.

        Raises:
            GraderFaultError: The simulated AWS failed meanwhile.
        """
        with self._phases.student():
            return self._call(module, function, list(args), kwargs)

    def values_in_a_row(
        self, module: str, function: str, calls: Sequence[Sequence[Any]]
    ) -> list[Any]:
        """Call a function several times in one process, and return the values.

        What its module remembers from one call, the next one finds; otherwise each call has a new
        process. Each call may sleep and send as much as one alone; the processor time and the
        memory of one call are enough for all.

        Raises:
            Verdict: One of the calls did not return a value.
            GraderFaultError: The simulated AWS failed meanwhile.
        """
        first, *others = (list(arguments) for arguments in calls)
        with self._phases.student():
            result = self._call(module, function, first, {}, others)
        if isinstance(result, Returned) and not _is_row(result.value, len(calls)):
            # It wrote an answer itself, past the runner.
            result = Stopped(StopReason.EXITED, result.usage)
        values: list[Any] = self._value_of(result, module, function)
        return values

    def _call(
        self,
        module: str,
        function: str,
        args: list[Any],
        kwargs: dict[str, Any],
        again: Sequence[list[Any]] = (),
    ) -> CallResult:
        self._note_call(module, function, args, kwargs, again)
        if (ended := self._time_budget.end_of(module)) is not None:
            return ended
        limits = self._time_budget.limits_for(
            module, function, self.limits, sends_many=self._sends_many
        )
        calls_before = len(self._cloud.calls.all())
        times = 1 + len(again)
        limits = limits.model_copy(update={"virtual_seconds": times * limits.virtual_seconds})
        budget = CallBudget(
            api_calls=times * limits.aws.api_calls,
            idle_reads=limits.aws.idle_reads,
            traffic_bytes=(times * limits.aws.traffic_mib) << 20,
            seconds=min(limits.cpu_seconds, self._time_budget.cloud_seconds_left),
        )
        begin = time.monotonic()
        self._cloud.gate.begin_call(budget, self._sandbox.stop, self._sandbox.is_at_work)
        try:
            result = self._sandbox.call(module, function, args, kwargs, limits=limits, again=again)
        finally:
            self._time_budget.cloud_seconds_left -= self._cloud.gate.end_call()
        for call in self._cloud.calls.all()[calls_before:]:
            if call.internal_error is not None and call.is_essential:
                raise GraderFaultError(f"{call.operation}: {call.internal_error}")
            if call.internal_error is not None:
                self._phases.inspect()
                raise NeedlessRequestError(call.operation)
        result = self._time_budget.note(module, function, result, time.monotonic() - begin)
        self._note_end(result)
        return result

    def call(self, module: str, function: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function and return its value: plain JSON.

        Raises:
            Verdict: The function did not return a value.
            GraderFaultError: The simulated AWS failed meanwhile.
        """
        result = self.outcome_of(module, function, *args, **kwargs)
        return self._value_of(result, module, function)

    def _value_of(self, result: CallResult, module: str, function: str) -> Any:
        if isinstance(result, Returned):
            return result.value
        raise self._verdict_of(result, module, function)

    def _verdict_of(self, result: CallResult, module: str, function: str) -> Verdict:
        signature = self._signatures.of(module, function) if self._signatures else None
        verdict = verdict_of(result, f"{function}()", self.limits, signature, self._python)
        assert verdict is not None
        return verdict

    def error_of(self, module: str, function: str, *args: Any, **kwargs: Any) -> Raised | None:
        """Call a function that should raise; None if it returned a value instead.

        Raises:
            Verdict: It neither returned nor raised an error that a test can expect.
        """
        result = self.outcome_of(module, function, *args, **kwargs)
        if isinstance(result, Returned):
            return None
        if (
            isinstance(result, Raised)
            and not result.during_import
            and result.type_name not in NEVER_ASKED_FOR
        ):
            return result
        raise self._verdict_of(result, module, function)


def _is_row(value: object, length: int) -> bool:
    return isinstance(value, list) and len(value) == length


class Module:
    """One graded file: a call of one of its functions runs in the sandbox.

    >>> words = student.module("words")
    >>> words.count_words("to be or not to be")
    {'to': 2, 'be': 2, 'or': 1, 'not': 1}

    Arguments and the value are plain JSON: a tuple comes back as a list. Anything but a value (an
    exception, a missing function, an exceeded limit) ends the test with feedback that says so.
    """

    def __init__(self, student: StudentCode, name: str) -> None:
        self._student = student
        self._name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        """Make a function that calls the student's."""

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._student.call(self._name, function, *args, **kwargs)

        return call

    def values_in_a_row(self, function: str, *calls: Sequence[Any]) -> list[Any]:
        """Call a function several times in one process, once for each sequence of arguments.

        What the module remembers from one call, the next one finds:

        >>> words.values_in_a_row("count_words", ["a b"], ["a"])
        [{'a': 1, 'b': 1}, {'a': 1}]
        """
        return self._student.values_in_a_row(self._name, function, calls)

    def outcome_of(self, function: str, *args: Any, **kwargs: Any) -> CallResult:
        """Call a function and return how it ended; nothing ends the test.

        >>> result = words.outcome_of("count_words", "")
        >>> if isinstance(result, Raised):
        ...     crashed(result, "count_words()", expected="no error for an empty text")
        """
        return self._student.outcome_of(self._name, function, *args, **kwargs)

    def error_of(self, function: str, *args: Any, **kwargs: Any) -> Raised | None:
        """Call a function that should raise an error; None if it returned a value instead.

        >>> error = words.error_of("count_words", None)
        >>> if error is None:
        ...     wrong("It returned normally.", expected="an error", hint="Do not catch it.")
        """
        return self._student.error_of(self._name, function, *args, **kwargs)
