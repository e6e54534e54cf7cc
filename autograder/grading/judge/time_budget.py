"""How long a run waits for a submission: what hung has less time from then on, or none."""

from collections import Counter
from dataclasses import replace

from autograder.limits import Limits
from autograder.sandbox import CallResult, Raised, Stopped, StopReason
from autograder.sandbox.outcomes import MissingFunction, MissingModule, Usage

FREE_SECONDS = 20.0
"""Processor time of all calls together after which each further call has a fifth of its time: ten
times what all calls of a usual right submission take. Otherwise code that stays just below the
bound of a call could take its whole time in every call."""

IMPORT_SECONDS = 10.0
"""Processor time of all imports together after which every call has little time: thirty times what
those of a usual submission take. Code that reads the whole disk outside of functions does so again
for every call."""

HANGING_SECONDS = 6.0
"""Processor time that all calls that hang may use together, at their leisure. Once something has
hung, other functions have what is left of it, until a call of theirs has ended by itself: else nine
functions that hang would take their whole time nine times."""

CLOUD_SECONDS = 10.0
"""Processor time that the simulated AWS spends on all requests of a run: twenty times what those of
the busiest right submission take."""

FIFTH, TENTH, TWENTIETH, FIFTIETH = 1 / 5, 1 / 10, 1 / 20, 1 / 50
"""Shares of a call's processor time. Of five seconds, the last is 0.1 s: a right call takes 0.02 s
with two requests, and 0.1 s with seventy."""

OFTEN = 2
"""How many calls in a row must hang before a function has the smallest share."""

TIMES_THE_LONGEST = 5
"""A call with less time still gets this many times what the longest call of this submission took
that ended by itself: the machine may be slow, and so may right code."""

MOST_AT_ONCE = 4
"""A test that sends several hundred events gets this many times the share."""

COSTLY_SECONDS = 0.25
"""Processor time from which a call that was stopped has hung, whatever it was stopped for."""

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

_REPEATED = frozenset({StopReason.CPU, StopReason.WALL, StopReason.STILL, StopReason.ANSWERS})
"""Reasons for which a call is stopped that has too little time."""


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
        self._imports_left = IMPORT_SECONDS
        self._hanging_left = HANGING_SECONDS
        self.cloud_seconds_left = CLOUD_SECONDS
        self._hung: dict[str, StopReason] = {}
        """Why functions, and modules when imported, were first stopped."""
        self._in_a_row: Counter[str] = Counter()
        self._longest = 0.0
        """Processor time of a call that ended by itself."""
        self._ended: set[str] = set()
        """Functions of which a call ended by itself."""
        self._imports: dict[str, Stopped] = {}

    def end_of(self, module: str) -> Stopped | None:
        """Return how a call of this module ends without being made; None if it should be made."""
        if self._seconds_left < 0:
            return Stopped(StopReason.SUBMISSION, Usage())
        if self.cloud_seconds_left <= 0:
            return Stopped(StopReason.ANSWERS, Usage())
        return self._imports.get(module)

    def note(self, module: str, function: str, result: CallResult, seconds: float) -> CallResult:
        """Note how a call ended, and how long it took, in seconds of real time.

        Returns:
            The result; where the function had hung before and had less time for that, it says so.
        """
        self._seconds_left -= seconds
        if isinstance(result, MissingModule | MissingFunction):
            return result
        self._free_left -= result.usage.cpu_seconds
        self._imports_left -= result.usage.import_seconds
        name = f"{module}.{function}"
        if not _has_hung(result):
            if not isinstance(result, Stopped):
                self._in_a_row[name] = self._in_a_row[module] = 0
                self._ended.add(name)
                self._longest = max(self._longest, result.usage.cpu_seconds)
            return result
        self._hanging_left -= result.usage.cpu_seconds
        if not isinstance(result, Stopped):  # it ran out of memory
            self._hung.setdefault(name, StopReason.MEMORY)
            self._in_a_row[name] += 1
            return result
        before = self._hung.get(name, self._hung.get(module))
        if before is not None and result.reason in _REPEATED:
            result = replace(result, reason=before, is_repeated=True)
        if result.during_import and module in self._hung:
            self._imports[module] = result
        hung = module if result.during_import else name
        self._hung.setdefault(hung, result.reason)
        self._in_a_row[hung] += 1
        return result

    def limits_for(
        self, module: str, function: str, limits: Limits, *, sends_many: bool = False
    ) -> Limits:
        """Return the limits of the next call, with less time if earlier calls took too much.

        Args:
            module: What is called.
            function: What is called.
            limits: The usual limits.
            sends_many: Whether the test asks for several hundred requests. A call in it has its
                whole time if a call of the function has ever ended by itself.
        """
        name = f"{module}.{function}"
        share = self._share_for(module, name, sends_many=sends_many)
        if share is None:
            return limits
        seconds = limits.cpu_seconds * share * (MOST_AT_ONCE if sends_many else 1)
        if share == TENTH:
            seconds = max(seconds, self._hanging_left)
        if self._free_left > 0 and self._imports_left > 0:
            seconds = max(seconds, TIMES_THE_LONGEST * self._longest)
        return limits.model_copy(
            update={
                "cpu_seconds": min(seconds, limits.cpu_seconds),
                "still_seconds": limits.still_seconds * max(share, TENTH),
                "wall_seconds": min(limits.wall_seconds, max(5.0, limits.wall_seconds * FIFTH)),
            }
        )

    def _share_for(self, module: str, name: str, *, sends_many: bool) -> float | None:
        """Return the share of its processor time that a call has; None for all of it."""
        if self._imports_left <= 0:
            return TWENTIETH
        if name in self._hung or module in self._hung:
            if sends_many and name in self._ended:
                return None
            hangs = max(self._in_a_row[name], self._in_a_row[module])
            return FIFTIETH if hangs >= OFTEN else TWENTIETH
        if self._hanging_left < HANGING_SECONDS and name not in self._ended:
            return TENTH
        return FIFTH if self._free_left <= 0 and not sends_many else None


def _has_hung(result: CallResult) -> bool:
    """Tell whether a call has made the grader wait, and did not end by itself."""
    if isinstance(result, Raised):
        is_costly = result.usage.cpu_seconds >= COSTLY_SECONDS
        return result.type_name == "MemoryError" and is_costly
    return isinstance(result, Stopped) and (
        result.reason in _SLOW or result.usage.cpu_seconds >= COSTLY_SECONDS
    )
