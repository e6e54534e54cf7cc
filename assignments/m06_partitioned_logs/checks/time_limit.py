"""Ends calls of your functions that take too long."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from time import monotonic, process_time
from typing import Any

from checks.virtual_time import skipped, virtual_time

SECONDS = float(os.environ.get("CHECK_SECONDS", "10"))
"""Processor time that one call may take, and how long it may wait without doing anything.

Processor time is fair on a busy machine: a call takes longer there, but not more processor time.
0 switches the limit off, which helps with a debugger.
"""
SECONDS_AFTER_TOO_LONG = 1.0
"""The limit of all later calls once a call took too long, so that the checks end soon."""
LONGEST_SLEEPS = 600.0
"""Seconds that one call may sleep in all, as where it is graded. They take no time here."""
IDLE = 0.02
"""A call that uses less than this fraction of the processor counts as waiting."""


MOST_INTERRUPTS = 10
"""After which the checks end: the code catches them all."""
INTERRUPT_SECONDS = 0.5
"""Between two interrupts."""
CANNOT_END = (
    "\nThe checks end here. Your code runs on and on, and catches each interrupt: use `except "
    "Exception:`, or a special error, instead of `except:` or `except BaseException:`.\n"
)


class TooLong(Exception):  # noqa: N818 - reads as what happened
    """A call took too long and was interrupted."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not ended after {seconds:g} s")
        self.seconds = seconds
        self.was_shortened = False
        """Whether the limit was shorter, because an earlier call took too long."""


class SleptTooLong(TooLong):
    """A call slept longer than a graded call may."""

    def __str__(self) -> str:
        return f"slept for {self.seconds:.0f} s, longer than a graded call may"


class TimeLimit:
    """The time that each call may take."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._was_shortened = False

    def run(self, call: Callable[[], Any]) -> Any:
        """Call a function in virtual time, and interrupt it when it takes too long.

        Raises:
            TooLong: It took too long, even if it returned in the end.
        """
        began = skipped()
        try:
            result = _within(self._seconds, call)
        except TooLong as error:
            error.was_shortened = self._was_shortened
            self._was_shortened = self._seconds > SECONDS_AFTER_TOO_LONG or self._was_shortened
            self._seconds = min(self._seconds, SECONDS_AFTER_TOO_LONG)
            raise
        if skipped() - began > LONGEST_SLEEPS:
            raise SleptTooLong(skipped() - began)
        return result


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """Call a function, and interrupt it as Ctrl+C does when the time is up."""
    if not seconds:
        with virtual_time():
            return call()
    done, late = threading.Event(), threading.Event()
    caller = threading.get_ident()

    def watch() -> None:
        _wait_until_late(seconds, done)
        for _ in range(MOST_INTERRUPTS):
            if done.is_set():
                return
            late.set()
            if hasattr(signal, "pthread_kill"):
                signal.pthread_kill(caller, signal.SIGINT)
            else:
                signal.raise_signal(signal.SIGINT)
            done.wait(INTERRUPT_SECONDS)  # then again: the code may have caught the first one
        if not done.is_set():
            end_process(CANNOT_END)

    def interrupt(*_: object) -> None:
        if not done.is_set():
            raise KeyboardInterrupt

    watcher = threading.Thread(target=watch, daemon=True)
    handler = signal.signal(signal.SIGINT, interrupt)
    try:
        watcher.start()
        with virtual_time():
            result = call()
        done.set()
        watcher.join()
    except KeyboardInterrupt as pressed:
        if not late.is_set():
            raise  # you pressed Ctrl+C
        raise TooLong(seconds).with_traceback(pressed.__traceback__) from None
    finally:
        done.set()
        watcher.join()
        signal.signal(signal.SIGINT, handler)
    if late.is_set():
        raise TooLong(seconds)
    return result


_exit = os._exit  # a rehearsal replaces it while your code runs


def _end_process(why: str) -> None:
    if sys.__stderr__ is not None:
        sys.__stderr__.write(why)
        sys.__stderr__.flush()
    _exit(1)


end_process: Callable[[str], None] = _end_process
"""What ends the process where a call cannot be interrupted. The plugin of the checks replaces it,
since pytest would keep the message for itself."""


def _wait_until_late(seconds: float, done: threading.Event) -> None:
    """Return when a call has used its processor time, has waited as long, or is done."""
    began = worked_until = process_time()
    worked_at = monotonic()
    while not done.wait(min(seconds / 10, 0.2)):
        used = process_time()
        if used - began >= seconds:
            return
        if used - worked_until > IDLE * seconds:
            worked_until, worked_at = used, monotonic()
        elif monotonic() - worked_at >= seconds:
            return
