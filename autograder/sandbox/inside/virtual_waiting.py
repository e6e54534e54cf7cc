"""Waiting in virtual time: a wait with a timeout jumps where nobody could end it meanwhile.

Threads that sleep at the same time wake at the same time, in their order.

This is the only place that reaches into private parts of Python's own threading, queue,
concurrent.futures and asyncio. Each function says what breaks when they change. The tests named are
in `autograder/tests/sandbox/test_virtual_clock.py`.
"""

import contextlib
import ctypes
import math
import queue
import select
import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures.thread import _worker as worker
from time import perf_counter as real_time
from time import process_time, thread_time
from time import sleep as real_sleep
from types import FrameType
from typing import Any

from .virtual_clock import VirtualClock
from .vocabulary import ABOUT_TO_SLEEP

STEPS = (0.002, 0.005, 0.01, 0.01)
"""Real seconds that a wait continues while all other threads wait too: one of them may have been
woken, and not have run yet."""
BUSY_STEP = 0.01
"""Real seconds after which a thread looks again whether all others wait."""
LONG_SLEEP = 1.0
"""Virtual seconds from which a sleep lets other threads go on first. Shorter pauses move the clock
immediately: code that makes hundreds of them would use up real time."""
QUIET_STEPS = 3
"""In a row, in which no other thread has worked."""
MOST_WORK = 0.4
"""Seconds of other threads' processor time after which a sleep ends: one may wait for it in a
loop. Real time would not do: on a busy machine a thread that deletes ten messages takes longer."""
MOST_STEPS = 500
"""After which a sleep ends whatever the others do."""
WORKING = 0.1
"""Share of a step's time. Looking takes a hundredth of it; a request of boto3 takes most."""
_SET_NAME, _GET_NAME = 15, 16
"""Of prctl(2), which only Linux has."""
_prctl = getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
_JOINING = frozenset({"join", "_wait_for_tstate_lock"})
"""Functions of `threading` in which a thread waits for another to end; the second up to 3.12."""


class Waiting:
    """Which threads wait, and until when: a wait may jump where nobody could end it meanwhile."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}
        """The virtual time at which each thread's wait ends; infinity without a timeout."""
        self._looking = 0.0
        """Processor time of threads that sleep, in seconds: they look what others do."""

    def sleep(self, seconds: float) -> None:
        """Take the place of `time.sleep`: threads that sleep at the same time wake together.

        So a long sleep does not move the clock before other threads have come to their own.
        """
        me = threading.get_ident()
        if not seconds >= LONG_SLEEP or self._is_alone(me):
            self._clock.sleep(seconds)
            return
        offset = self._clock.offset + float(seconds)
        self._until[me] = time.monotonic() + float(seconds)
        try:
            with _named(ABOUT_TO_SLEEP):
                self._let_others_work(me)
        finally:
            self._until.pop(me, None)
        self._clock.follow(offset)

    def _let_others_work(self, me: int) -> None:
        """Wait in real time until no other thread works, or waits less long than `me`."""
        quiet = 0
        own, others = thread_time(), process_time() - self._looking
        most = others + MOST_WORK
        for _ in range(MOST_STEPS):
            began = real_time()
            real_sleep(BUSY_STEP)
            took = real_time() - began
            self._looking += thread_time() - own
            own, before, others = thread_time(), others, process_time() - self._looking
            is_quiet = (
                others - before < WORKING * BUSY_STEP
                and took < 2 * BUSY_STEP  # or the machine is busy, and others got no processor
                and not self._is_later(me)
                and not self._clock.is_asked()
            )
            quiet = quiet + 1 if is_quiet else 0
            if quiet == QUIET_STEPS or others > most:
                return

    def _is_later(self, me: int) -> bool:
        """Tell whether a wait of another thread ends before this one's."""
        mine = self._until[me]
        return any(self._until.get(thread, math.inf) < mine for thread in sys._current_frames())

    def wait(self, timeout: float | None, ended: Callable[[float | None], Any]) -> Any:
        """Wait until a condition holds or the timeout, in virtual seconds, has passed.

        Args:
            timeout: None waits without end.
            ended: Waits that many real seconds, and returns something true once the condition
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
        """Tell whether this is the only thread. Private: `sys._current_frames`."""
        return all(thread == me for thread in sys._current_frames())

    def _others_wait(self, me: int, until: float) -> bool:
        """Tell whether each other thread waits at least that long, or for this thread."""
        return all(
            thread == me or self._until.get(thread, -math.inf) >= until or _has_nothing_to_do(frame)
            for thread, frame in sys._current_frames().items()
        )


@contextlib.contextmanager
def _named(name: bytes) -> Iterator[None]:
    """Give this thread a name for the system, which those outside the sandbox can read."""
    if _prctl is None:
        yield
        return
    before = ctypes.create_string_buffer(16)
    _prctl(_GET_NAME, before, 0, 0, 0)
    _prctl(_SET_NAME, name, 0, 0, 0)
    try:
        yield
    finally:
        _prctl(_SET_NAME, before, 0, 0, 0)


def _has_nothing_to_do(frame: FrameType) -> bool:
    """Tell whether a thread is a worker without work, or waits for another thread to end.

    Private: `concurrent.futures.thread._worker` with its names, and how `Thread.join` waits. If
    they change, a pool's idle worker holds up virtual time:
    `test_time_jumps_once_all_threads_wait[sleep_beside_a_worker]` and `[take_turns]` tell.
    """
    code = frame.f_code
    if code is worker.__code__:
        names = frame.f_locals
        return names.get("work_item") is None and names["work_queue"].empty()
    return code.co_filename == threading.__file__ and code.co_name in _JOINING


def install(clock: VirtualClock) -> None:
    """Let waits with a timeout jump, for this process and for good."""
    waiting = Waiting(clock)
    vars(time).update(sleep=waiting.sleep)
    _replace_conditions(waiting)
    _replace_selecting(clock, waiting)


def _replace_conditions(waiting: Waiting) -> None:
    """Let a condition's wait jump. Events, queues, semaphores and barriers wait by a condition.

    Private: what `threading.Condition.wait` does with its lock, and the names by which `threading`
    and `queue` ask for the time. If they change, waits take real time or fail:
    `test_waiting_with_a_timeout_is_virtual` tells.
    """

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


def _replace_selecting(clock: VirtualClock, waiting: Waiting) -> None:
    """Let who selects from nothing sleep, and an event loop wait for its next timer.

    Public: asyncio's loop waits in `selectors.DefaultSelector.select`.
    """
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
    """Tell whether nothing is selected from but how other threads wake an asyncio loop.

    Private: asyncio's handle and its callback `_read_from_self`. If they change, an event loop
    that sleeps takes real time: the case `wait_in_a_loop` of
    `test_waiting_with_a_timeout_is_virtual` tells.
    """
    return all(
        isinstance(key.data, tuple)
        and getattr(getattr(key.data[0], "_callback", None), "__name__", "") == "_read_from_self"
        for key in selector.get_map().values()
    )


def _put(owner: object, name: str, replacement: Callable[..., Any]) -> None:
    setattr(owner, name, replacement)
