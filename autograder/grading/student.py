"""The student's code as hidden tests see it: functions that run in the jail."""

from collections.abc import Callable
from typing import Any

from autograder.cloud import CallBudget, Cloud
from autograder.grading.explain import verdict_of
from autograder.grading.verdict import GraderFaultError
from autograder.jail import CallResult, Jail, Raised, Returned, Stopped
from autograder.limits import Limits

SHORTENED = 5

_SLOW = (
    "cpu",
    "wall",
    "still",
    "runner_died",
)  # who stops the runner makes the grader wait longest


class Hung:
    """What has hung in a run: it gets less time from then on, so that the run stays short.

    A module whose import hung, and hung again with less time, is not imported any more.
    """

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._imports: dict[str, Stopped] = {}

    def add(self, module: str, function: str, result: Stopped) -> None:
        """Note that a call hung, in the function or already in the import of its module."""
        if result.during_import and module in self._names:
            self._imports[module] = result
        self._names.add(module if result.during_import else f"{module}.{function}")

    def has(self, module: str, function: str) -> bool:
        """Tell whether a call of this function, or the import of its module, hung before."""
        return module in self._names or f"{module}.{function}" in self._names

    def end_of_import(self, module: str) -> Stopped | None:
        """Tell how each import of a module ends; None where it is worth another attempt."""
        return self._imports.get(module)


class Student:
    """Calls functions of one submission, each within its budgets."""

    def __init__(self, jail: Jail, cloud: Cloud, limits: Limits, hung: Hung) -> None:
        self._jail = jail
        self._cloud = cloud
        self._hung = hung
        self.limits = limits

    def module(self, name: str) -> "Module":
        """Take one graded file; its functions are attributes that can be called."""
        return Module(self, name)

    def outcome_of(self, module: str, function: str, *args: Any, **kwargs: Any) -> CallResult:
        """Call a function and tell how it ended, for tests that expect an error.

        Raises:
            GraderFaultError: The cloud failed meanwhile.
        """
        if (ended := self._hung.end_of_import(module)) is not None:
            return ended
        limits = self._limits_for(module, function)
        calls_before = len(self._cloud.calls.all())
        budget = CallBudget(
            api_calls=limits.api_calls,
            idle_reads=limits.idle_reads,
            traffic_bytes=limits.traffic_mib << 20,
        )
        self._cloud.gate.begin_call(budget, self._jail.stop)
        try:
            result = self._jail.call(module, function, list(args), kwargs, limits=limits)
        finally:
            self._cloud.gate.end_call()
        for call in self._cloud.calls.all()[calls_before:]:
            if call.internal_error is not None:
                raise GraderFaultError(f"{call.operation}: {call.internal_error}")
        if isinstance(result, Stopped) and result.reason in _SLOW:
            self._hung.add(module, function, result)
        return result

    def call(self, module: str, function: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function and return its value: plain JSON.

        Raises:
            Verdict: It did not return one.
            GraderFaultError: The cloud failed meanwhile.
        """
        limits = self._limits_for(module, function)
        result = self.outcome_of(module, function, *args, **kwargs)
        verdict = verdict_of(result, f"{function}()", limits)
        if verdict is not None:
            raise verdict
        assert isinstance(result, Returned)
        return result.value

    def error_of(self, module: str, function: str, *args: Any, **kwargs: Any) -> Raised | None:
        """Call a function that should raise; None where it returned a value instead.

        Raises:
            Verdict: It neither raised an error of its own nor returned.
        """
        limits = self._limits_for(module, function)
        result = self.outcome_of(module, function, *args, **kwargs)
        if isinstance(result, Returned):
            return None
        own = ("NotImplementedError", "MemoryError", "SystemExit", "RecursionError", "SyntaxError")
        if isinstance(result, Raised) and not result.during_import and result.type_name not in own:
            return result
        verdict = verdict_of(result, f"{function}()", limits)
        assert verdict is not None
        raise verdict

    def _limits_for(self, module: str, function: str) -> Limits:
        """Shorten the time of what has hung once: it is still many times what a right one needs."""
        if not self._hung.has(module, function):
            return self.limits
        return self.limits.model_copy(
            update={
                "cpu_seconds": max(1, self.limits.cpu_seconds // SHORTENED),
                "still_seconds": self.limits.still_seconds / SHORTENED,
                "wall_seconds": min(
                    self.limits.wall_seconds, max(5.0, self.limits.wall_seconds / SHORTENED)
                ),
            }
        )


class Module:
    """One graded file: `module.function(...)` runs in the jail."""

    def __init__(self, student: Student, name: str) -> None:
        self._student = student
        self._name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        """Make a function that calls the student's."""

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._student.call(self._name, function, *args, **kwargs)

        return call

    def error_of(self, function: str, *args: Any, **kwargs: Any) -> Raised | None:
        """Call a function that should raise; None where it returned a value instead."""
        return self._student.error_of(self._name, function, *args, **kwargs)
