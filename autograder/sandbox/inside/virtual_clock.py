"""Virtual time: sleeping moves the clocks of this process and returns at once.

Installed in the runner, where nothing sleeps, so that each child that runs a student's code
inherits it. Waiters, back-off and polite pauses then cost nothing, and a loop that sleeps for ever
is found at once. The offset travels with each AWS request and answer, so that the cloud's clock is
the same.
"""

import contextlib
import datetime as datetime_module
import math
import queue
import select
import selectors
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures.thread import _worker as worker
from types import FrameType
from typing import Any


class VirtualClock:
    """How far this process's clocks are ahead of the machine's, in seconds."""

    def __init__(self) -> None:
        self.offset = 0.0
        self._budget = math.inf
        self._on_exhausted: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def limit(self, budget: float, on_exhausted: Callable[[], None]) -> None:
        """Have `on_exhausted` called once the offset is beyond a budget, in seconds."""
        self._budget = budget
        self._on_exhausted = on_exhausted

    def sleep(self, seconds: float) -> None:
        """Take the place of `time.sleep`: until this caller's start plus `seconds`."""
        if seconds != seconds:
            raise ValueError("Invalid value NaN (not a number)")
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.follow(self.offset + float(seconds))

    def follow(self, offset: float) -> None:
        """Move forward to at least this offset; beyond the budget the call ends here."""
        with self._lock:
            self.offset = max(self.offset, offset)
        if self.offset > self._budget:
            self._on_exhausted()


def install(clock: VirtualClock) -> None:
    """Put the clock in the place of Python's own, for this process and for good."""
    _replace_time(clock)
    _replace_datetime()
    _replace_waiting(clock)


def _replace_time(clock: VirtualClock) -> None:
    for name in ("time", "monotonic", "perf_counter"):
        setattr(time, name, _ahead(getattr(time, name), clock, 1))
        setattr(time, f"{name}_ns", _ahead(getattr(time, f"{name}_ns"), clock, 10**9))
    for name in ("gmtime", "localtime", "ctime"):
        setattr(time, name, _from_now(getattr(time, name)))
    vars(time).update(sleep=clock.sleep)


def _ahead(real: Callable[[], Any], clock: VirtualClock, scale: int) -> Callable[[], Any]:
    if scale == 1:
        return lambda: real() + clock.offset
    return lambda: real() + int(clock.offset * scale)


def _from_now(real: Callable[[float], Any]) -> Callable[..., Any]:
    def convert(seconds: float | None = None) -> Any:
        return real(time.time() if seconds is None else seconds)

    return convert


def _replace_datetime() -> None:
    real_datetime, real_date = datetime_module.datetime, datetime_module.date

    class DatetimeType(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_datetime)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, real_datetime)

    class Datetime(datetime_module.datetime, metaclass=DatetimeType):
        @classmethod
        def now(cls, tz: datetime_module.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(time.time(), datetime_module.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(time.time())

    class DateType(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_date)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, real_date)

    class Date(datetime_module.date, metaclass=DateType):
        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(time.time())

    Datetime.__name__ = Datetime.__qualname__ = "datetime"
    Date.__name__ = Date.__qualname__ = "date"
    vars(datetime_module).update(datetime=Datetime, date=Date)


class Waiting:
    """Which threads wait, and until when: a wait may jump where nobody could end it meanwhile."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}
        """The virtual time at which each thread's wait ends; infinity where it has no timeout."""

    def wait(self, timeout: float | None, ended: Callable[[float | None], Any]) -> Any:
        """Wait until a condition holds or the timeout, in virtual seconds, has passed.

        Args:
            timeout: None waits without end.
            ended: Waits so many seconds for real, and returns something true once the condition
                holds.
        """
        me = threading.get_ident()
        until = math.inf if timeout is None else time.monotonic() + timeout
        self._until[me] = until
        try:
            if timeout is None:
                return ended(None)
            steps = iter(STEPS)
            while (left := until - time.monotonic()) > 0:
                if self._is_alone(me):
                    step = 0.0
                elif self._others_wait(me, until):
                    step = next(steps, 0.0)
                else:
                    steps, step = iter(STEPS), BUSY_STEP
                if found := ended(min(step, left)):
                    return found
                if not step:
                    self._clock.sleep(left)
                    break
            return ended(0)
        finally:
            self._until.pop(me, None)

    def _is_alone(self, me: int) -> bool:
        return all(thread == me for thread in sys._current_frames())

    def _others_wait(self, me: int, until: float) -> bool:
        """Whether each other thread waits at least that long, or for this one."""
        return all(
            thread == me or self._until.get(thread, -math.inf) >= until or _has_nothing_to_do(frame)
            for thread, frame in sys._current_frames().items()
        )


STEPS = (0.002, 0.005, 0.01, 0.01)
"""Real seconds that a wait goes on while all other threads wait too: one of them may have been
woken, and not have run yet."""
BUSY_STEP = 0.01
"""Real seconds after which a thread looks again whether all others wait."""


def _has_nothing_to_do(frame: FrameType) -> bool:
    """Whether a thread is a worker without work, or waits for another thread to end."""
    code = frame.f_code
    if code is worker.__code__:
        names = frame.f_locals
        return names.get("work_item") is None and names["work_queue"].empty()
    return code.co_filename == threading.__file__ and code.co_name in _JOINING


_JOINING = frozenset({"join", "_wait_for_tstate_lock"})


def _replace_waiting(clock: VirtualClock) -> None:
    """Let a wait with a timeout jump where no other thread could end it meanwhile.

    Events, queues, semaphores and barriers wait by a condition, and ask for the time by names of
    their own.
    """
    waiting = Waiting(clock)

    def wait(condition: Any, timeout: float | None = None) -> bool:
        # As threading.Condition.wait does, but for how it waits for the lock.
        if not condition._is_owned():
            raise RuntimeError("cannot wait on un-acquired lock")
        waiter = threading.Lock()
        waiter.acquire()
        condition._waiters.append(waiter)
        state = condition._release_save()
        is_notified = False
        try:
            is_notified = bool(
                waiting.wait(
                    timeout,
                    lambda seconds: waiter.acquire(True, -1 if seconds is None else seconds),
                )
            )
            return is_notified
        finally:
            condition._acquire_restore(state)
            if not is_notified:
                with contextlib.suppress(ValueError):
                    condition._waiters.remove(waiter)

    _put(threading.Condition, "wait", wait)
    vars(threading)["_time"] = time.monotonic
    vars(queue)["time"] = time.monotonic
    _replace_selecting(clock, waiting)


def _replace_selecting(clock: VirtualClock, waiting: Waiting) -> None:
    """Let who selects from nothing sleep, and an event loop wait for its next timer."""
    real_select = select.select
    selector = selectors.DefaultSelector
    real_events = selector.select

    def select_virtually(*arguments: Any) -> Any:
        match arguments:
            case ([], [], [], float() | int() as timeout) if timeout > 0:
                clock.sleep(timeout)
                return [], [], []
        return real_select(*arguments)

    def events(self: Any, timeout: float | None = None) -> Any:
        if not _is_idle(self) or (timeout is not None and timeout <= 0):
            return real_events(self, timeout)
        return waiting.wait(timeout, lambda seconds: real_events(self, seconds))

    _put(select, "select", select_virtually)
    _put(selector, "select", events)


def _is_idle(selector: selectors.BaseSelector) -> bool:
    """Tell whether nothing is selected from but how other threads wake an asyncio loop."""
    return all(
        isinstance(key.data, tuple)
        and getattr(getattr(key.data[0], "_callback", None), "__name__", "") == "_read_from_self"
        for key in selector.get_map().values()
    )


def _put(owner: object, name: str, replacement: Callable[..., Any]) -> None:
    setattr(owner, name, replacement)
