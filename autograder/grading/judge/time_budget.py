"""How long a run waits for a submission: what hung has less time from then on, or none."""

from autograder.limits import Limits
from autograder.sandbox import CallResult, Stopped, StopReason
from autograder.sandbox.outcomes import MissingFunction, MissingModule, Usage

SHORTENED = 5
"""A function that hung once has a fifth of its time afterwards: still many times what a right
solution needs."""

FREE_SECONDS = 20.0
"""Processor time of all calls together after which each further call has a fifth of its time: ten
times what all calls of a usual right submission take. Otherwise code that stays just below the
bound of a call could take its whole time in every call."""

CLOUD_SECONDS = 10.0
"""Processor time that the simulated AWS spends on all requests of a run: twenty times what those of
the busiest right submission take."""

_SLOW = frozenset(
    {
        StopReason.CPU,
        StopReason.WALL,
        StopReason.STILL,
        StopReason.RUNNER_DIED,
        StopReason.ANSWERS,
    }
)
"""Reasons after which a call has made the grader wait long."""


class TimeBudget:
    """The time that is left for a submission's calls in one run.

    A module whose import hung, and hung again with less time, is not imported any more. Once all
    calls together have used up `seconds`, no more calls are made: code that waits a little in every
    call exceeds no limit of a single call.

    Args:
        seconds: What all calls may take, in real time.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds_left = seconds
        self._free_left = FREE_SECONDS
        self.cloud_seconds_left = CLOUD_SECONDS
        self._hung: set[str] = set()
        self._imports: dict[str, Stopped] = {}

    def end_of(self, module: str) -> Stopped | None:
        """Return how a call of this module ends without being made; None if it should be made."""
        if self._seconds_left < 0:
            return Stopped(StopReason.SUBMISSION, Usage())
        if self.cloud_seconds_left <= 0:
            return Stopped(StopReason.ANSWERS, Usage())
        return self._imports.get(module)

    def note(self, module: str, function: str, result: CallResult, seconds: float) -> None:
        """Note how a call ended, and how long it took, in seconds of real time."""
        self._seconds_left -= seconds
        if not isinstance(result, MissingModule | MissingFunction):
            self._free_left -= result.usage.cpu_seconds
        if not isinstance(result, Stopped) or result.reason not in _SLOW:
            return
        if result.during_import and module in self._hung:
            self._imports[module] = result
        self._hung.add(module if result.during_import else f"{module}.{function}")

    def limits_for(self, module: str, function: str, limits: Limits) -> Limits:
        """Shorten the time of a function that hung before, or whose module did when imported.

        If all calls together have used much, the time of every further call is shortened.
        """
        if self._free_left > 0 and self._hung.isdisjoint({module, f"{module}.{function}"}):
            return limits
        return limits.model_copy(
            update={
                "cpu_seconds": max(1, limits.cpu_seconds // SHORTENED),
                "still_seconds": limits.still_seconds / SHORTENED,
                "wall_seconds": min(limits.wall_seconds, max(5.0, limits.wall_seconds / SHORTENED)),
            }
        )
