"""The clock of the checks: sleeping moves it forward and takes almost no time.

While your code runs, it reads this clock. What the checks simulate always does.
"""

import asyncio
import contextlib
import datetime
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

LONGEST_SLEEP = 0.005
"""Seconds that a sleep really takes at most."""

CALM_STEP = 0.02
"""Seconds between two looks whether other threads work."""

MOST_WORK, MOST_STEPS = 0.5, 250
"""Seconds of processor time that other threads may use, and looks, before a sleep ends: another
thread may wait for it in a loop."""

_skipped = 0.0
_moving = threading.Lock()
_sleeping_until: list[float] = []
"""When the threads wake that wait for others before they sleep."""
_real_time = time.time
_real_monotonic = time.monotonic
_real_sleep = time.sleep
_real_sleep_in_asyncio = asyncio.sleep
_RealDatetime = datetime.datetime


def now() -> float:
    """Return the time in seconds since 1970."""
    return _real_time() + _skipped


def skipped() -> float:
    """Return how many seconds this clock is ahead of the machine's."""
    return _skipped


def go_to(moment: float) -> None:
    """Move the clock forward to a time; it does not go back."""
    global _skipped
    with _moving:
        _skipped = max(_skipped, moment - _real_time())


def start_over() -> None:
    """Set the clock to the machine's time."""
    global _skipped
    _skipped = 0.0


@contextlib.contextmanager
def virtual_time() -> Iterator[None]:
    """Let all code that runs meanwhile sleep and read the time by this clock."""
    replacements: list[tuple[Any, str, Any]] = [
        (time, "sleep", _sleep),
        (asyncio, "sleep", _sleep_in_asyncio),
        (datetime, "datetime", _Datetime),
        *((time, name, clock) for name, clock in _CLOCKS.items()),
    ]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in replacements]
    for owner, name, replacement in replacements:
        setattr(owner, name, replacement)
    try:
        yield
    finally:
        for owner, name, replaced in before:
            setattr(owner, name, replaced)


def _sleep(seconds: float) -> None:
    """Sleep. Threads of yours that sleep at the same time wake at the same time."""
    until = now() + seconds
    if seconds >= 1 and _has_company():
        _wait_for_calm(until)
    else:
        _real_sleep(min(seconds, LONGEST_SLEEP))
    go_to(until)


def _has_company() -> bool:
    """Tell whether your code has another thread. The main thread is one, even if it only waits."""
    others = set(threading.enumerate()) - {threading.current_thread()}
    return any(not thread.daemon for thread in others)


def _wait_for_calm(until: float) -> None:
    """Wait until no other thread works, or sleeps less long; see `MOST_WORK`."""
    _sleeping_until.append(until)
    calm, most = 0, time.process_time() + MOST_WORK
    try:
        for _ in range(MOST_STEPS):
            used, began = time.process_time(), _real_monotonic()
            _real_sleep(CALM_STEP)
            is_calm = (
                time.process_time() - used < CALM_STEP / 5
                and _real_monotonic() - began < 2 * CALM_STEP  # or the machine is busy
                and until <= min(_sleeping_until)
            )
            calm = calm + 1 if is_calm else 0
            if calm == 2 or used > most:
                break
    finally:
        _sleeping_until.remove(until)


async def _sleep_in_asyncio(delay: float, result: Any = None) -> Any:
    until = now() + delay
    await _real_sleep_in_asyncio(min(delay, LONGEST_SLEEP))
    go_to(until)
    return result


def _ahead(real: Callable[[], Any], units: int) -> Callable[[], Any]:
    """Return a clock that is ahead of a real clock, which counts `units` a second."""
    return lambda: real() + type(real())(_skipped * units)


_CLOCKS = {
    name + ending: _ahead(getattr(time, name + ending), units)
    for name in ("time", "monotonic", "perf_counter")
    for ending, units in (("", 1), ("_ns", 10**9))
}


class _AnyDatetime(type):
    """Takes real datetimes, such as those in a service's answers, for datetimes of this clock."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _RealDatetime)


class _Datetime(_RealDatetime, metaclass=_AnyDatetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return cls.fromtimestamp(now(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return cls.fromtimestamp(now(), datetime.UTC).replace(tzinfo=None)


_Datetime.__name__ = _Datetime.__qualname__ = _Datetime.__module__ = "datetime"  # for pickle
