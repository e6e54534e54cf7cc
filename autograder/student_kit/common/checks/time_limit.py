"""Lets no call of your functions take for ever."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, SupportsIndex

SECONDS = float(os.environ.get("CHECK_SECONDS", "10"))
"""Processor time that one call may take; also, how long it may do nothing at all.

A busy machine stops no right code: there a call takes longer, but no more processor time. With 0, a
call takes as long as it likes, which helps with a debugger.
"""
ONCE_LATE = 1.0
"""How long the calls that follow may take, once one took too long: so the checks end soon."""
IDLE = 0.02
"""A call that uses less of the processor than this part does nothing: it waits."""
LONGEST_SLEEP = 0.005
"""Longer sleeps are cut short, and the time that `now` gives jumps ahead instead."""

_skipped = 0.0
"""Seconds that your code asked to sleep and did not have to."""


def now() -> float:
    """Return the time in seconds, as if your code had slept as long as it asked to."""
    return time.monotonic() + _skipped


class TooLong(Exception):  # noqa: N818 - reads as what happened
    """A call was ended because it took too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not ended after {seconds:g} s")
        self.seconds = seconds


class TimeLimit:
    """The time that each call may take."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    def run(self, call: Callable[[], Any]) -> Any:
        """Call something with little sleep, and interrupt it when it takes too long.

        Raises:
            TooLong: It took longer, even if it ended well in the end.
        """
        try:
            return _within(self._seconds, call)
        except TooLong:
            self._seconds = min(self._seconds, ONCE_LATE)
            raise


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """Call something, and send what Ctrl+C sends when the time is up."""
    if not seconds:
        with _sleeping_little():
            return call()
    done, late = threading.Event(), threading.Event()
    caller = threading.get_ident()

    def watch() -> None:
        _wait_until_late(seconds, done)
        while not done.is_set():
            late.set()
            if hasattr(signal, "pthread_kill"):
                signal.pthread_kill(caller, signal.SIGINT)
            else:
                signal.raise_signal(signal.SIGINT)
            done.wait(0.5)  # once more, should the code have caught the interrupt

    def interrupt(*_: object) -> None:
        if not done.is_set():
            raise KeyboardInterrupt

    watcher = threading.Thread(target=watch, daemon=True)
    handler = signal.signal(signal.SIGINT, interrupt)
    try:
        watcher.start()
        with _sleeping_little():
            result = call()
        done.set()
        watcher.join()
    except KeyboardInterrupt as pressed:
        if not late.is_set():
            raise  # somebody did press Ctrl+C
        raise TooLong(seconds).with_traceback(pressed.__traceback__) from None
    finally:
        done.set()
        watcher.join()
        signal.signal(signal.SIGINT, handler)
    if late.is_set():
        raise TooLong(seconds)
    return result


def _wait_until_late(seconds: float, done: threading.Event) -> None:
    """Return when a call has used up its processor time, has waited for so long, or is done."""
    began = worked_until = time.process_time()
    worked_at = time.monotonic()
    while not done.wait(min(seconds / 10, 0.2)):
        used = time.process_time()
        if used - began >= seconds:
            return
        if used - worked_until > IDLE * seconds:
            worked_until, worked_at = used, time.monotonic()
        elif time.monotonic() - worked_at >= seconds:
            return


@contextlib.contextmanager
def _sleeping_little() -> Iterator[None]:
    sleep = time.sleep

    def sleep_a_little(seconds: float | SupportsIndex) -> None:
        global _skipped
        little = min(float(seconds), LONGEST_SLEEP)
        sleep(little)
        _skipped += float(seconds) - little

    time.sleep = sleep_a_little
    try:
        yield
    finally:
        time.sleep = sleep
