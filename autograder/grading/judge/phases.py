"""The phases of a hidden test, and the budget of the last phase.

A hidden test arranges a scene, calls the student's code, and inspects the result. Whose fault an
unexpected failure is depends on the phase. While the test arranges, in the sandbox and in the
simulated AWS, it is the grader's fault. While the test inspects it is not: the test was looking at
something that the student's code returned, stored or deleted.
"""

import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType

TEST_SECONDS = 2.0
"""Processor time of one test's inspect phase: a hundred times what the slowest right one needs."""
RUN_SECONDS = 20.0
"""Processor time of all inspect phases of a run, so that many slow tests end together too."""
OVERRUN_SECONDS = 3
"""After this much more the kernel ends the process: C code that never returns to the interpreter
does not hear the timer's signal. The run then continues without the test.

This is a timer too, not RLIMIT_CPU: the kernel counts that limit in ticks, from the start of the
process. On a busy virtual machine ticks run 20% ahead of `time.process_time`, so that a run which
had worked for half a minute would be ended immediately."""
MEMORY_BYTES = 512 << 20
"""How far the process may grow while a test inspects: what a student may return and store takes a
tenth of it, as Python's objects."""


class Phase(StrEnum):
    """What a hidden test is doing."""

    ARRANGE = "arrange"
    STUDENT = "student"
    INSPECT = "inspect"


class InspectionLimitError(BaseException):
    """A test's inspect phase used up its budget.

    It is not an `Exception`, so that `except Exception` in a test does not swallow it.
    """


class Phases:
    """Knows the phase of the test under way, and stops an inspect phase that exceeds its budget.

    Only the main thread of a run may use it, since signals arrive there. No time is counted outside
    of a test: a timer that is left behind would interrupt what the process does next.

    Args:
        note: Called with each phase that begins.
        test_seconds: Processor time of one test's inspect phase.
        run_seconds: Processor time of all inspect phases together.
    """

    def __init__(
        self,
        note: Callable[[Phase], None] = lambda _: None,
        *,
        test_seconds: float = TEST_SECONDS,
        run_seconds: float = RUN_SECONDS,
    ) -> None:
        self._note = note
        self._test_seconds = test_seconds
        self._left_of_test = test_seconds
        self._left_of_run = run_seconds
        self._armed_at: float | None = None
        self._usual: dict[int, tuple[int, int]] = {}
        self._in_test = False
        self.current = Phase.ARRANGE
        self.student_seconds = 0.0
        """Real time that the student's calls of this run took."""

    def begin_test(self) -> None:
        """Begin a test with its arrange phase."""
        self.pause()
        self._in_test = True
        self._left_of_test = self._test_seconds
        self._enter(Phase.ARRANGE)

    def end_test(self) -> None:
        """Count no time until the next test begins; the phase stays, for the verdict."""
        self.pause()
        self._in_test = False

    @contextmanager
    def student(self) -> Iterator[None]:
        """Be in the student phase, and then in the inspect phase.

        Raises:
            InspectionLimitError: The run's tests have used up the time to inspect.
        """
        self.pause()
        if self._left_of_run <= 0:
            self._enter(Phase.INSPECT)
            raise InspectionLimitError
        self._enter(Phase.STUDENT)
        begin = time.monotonic()
        yield  # an exception leaves the phase as it is: the sandbox failed, or the simulated AWS
        self.student_seconds += time.monotonic() - begin
        self.inspect()

    def inspect(self) -> None:
        """Enter the inspect phase: something that a student handed in is read."""
        self._enter(Phase.INSPECT)
        self.resume()

    def resume(self) -> None:
        """Count the time again, where a test is inspecting.

        Raises:
            InspectionLimitError: The run's tests have used up the time to inspect.
        """
        if not self._in_test or self.current is not Phase.INSPECT or self._armed_at is not None:
            return
        seconds = min(self._left_of_test, self._left_of_run)
        if seconds <= 0:
            raise InspectionLimitError
        self._armed_at = time.process_time()
        signal.signal(signal.SIGPROF, _exceeded)
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)  # ends the process
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds + OVERRUN_SECONDS)
        if (held := _address_space()) is not None:
            self._limit(resource.RLIMIT_AS, held + MEMORY_BYTES)
        signal.setitimer(signal.ITIMER_PROF, seconds)

    def pause(self) -> None:
        """Count no time: what runs now is not the test's own code."""
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        for limit, usual in self._usual.items():
            resource.setrlimit(limit, usual)
        self._usual.clear()
        if self._armed_at is not None:
            spent = time.process_time() - self._armed_at
            self._armed_at = None
            self._left_of_test -= spent
            self._left_of_run -= spent

    def _enter(self, phase: Phase) -> None:
        if phase is not self.current:
            self.current = phase
            self._note(phase)

    def _limit(self, limit: int, soft: int) -> None:
        """Lower a limit of this process until the next pause; one that is lower already stays."""
        usual = resource.getrlimit(limit)
        bounds = [bound for bound in usual if bound != resource.RLIM_INFINITY]
        self._usual[limit] = usual
        resource.setrlimit(limit, (min([soft, *bounds]), usual[1]))


def _exceeded(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - of a signal handler
    raise InspectionLimitError


def _address_space() -> int | None:
    """Return how much address space this process has, in bytes; None if Linux does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pages * resource.getpagesize()
