"""Virtual time: sleeping moves the clocks of this process and returns immediately.

Installed in the runner, where nothing sleeps, so that each child that runs a student's code
inherits it. Waiters, back-off and polite pauses then cost nothing, and a loop that sleeps without
end is found immediately. What the runner preloads may share the clock with a server.
"""

import contextlib
import datetime as datetime_module
import math
import threading
import time
from collections.abc import Callable, Iterator
from time import perf_counter as real_time
from typing import Any

SLOWEST_ANSWER = 1.0
"""Real seconds after which an answer is taken for one that waits until the clock moves."""


class VirtualClock:
    """How far this process's clocks are ahead of the machine's, in seconds."""

    def __init__(self) -> None:
        self.offset = 0.0
        self._budget = math.inf
        self._on_exhausted: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._asked: dict[int, float] = {}
        """The real time at which each thread that waits for an answer has asked."""

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

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Say that this thread waits for an answer, which comes although it does nothing."""
        me = threading.get_ident()
        self._asked[me] = real_time()
        try:
            yield
        finally:
            self._asked.pop(me, None)

    def is_asked(self) -> bool:
        """Tell whether a thread waits for an answer that must come soon."""
        latest = real_time() - SLOWEST_ANSWER
        return any(asked > latest for asked in tuple(self._asked.values()))


def install(clock: VirtualClock) -> None:
    """Put the clock in the place of Python's own, for this process and for good.

    Waiting with a timeout is replaced by `virtual_waiting`.
    """
    _replace_time(clock)
    _replace_datetime()


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
