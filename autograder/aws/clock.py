"""Virtual time: the machine's clock and an offset that only grows."""

import threading
import time
from datetime import UTC, datetime
from types import ModuleType

from moto.core import utils as moto_time

LONGEST_JUMP = 1e7


class Clock:
    """Seconds since the epoch, ahead of the machine's clock by as much as the student slept."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._lock = threading.Lock()

    @property
    def offset(self) -> float:
        """Seconds ahead of the machine's clock."""
        return self._offset

    def now(self) -> float:
        """Tell the time in seconds since the epoch."""
        return time.time() + self._offset

    def today(self) -> datetime:
        """Tell the time as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def follow(self, offset: float) -> None:
        """Move forward to at least this offset; absurd ones are ignored."""
        with self._lock:
            if 0 <= offset <= LONGEST_JUMP:
                self._offset = max(self._offset, offset)

    def advance(self, seconds: float) -> None:
        """Move forward."""
        with self._lock:
            self._offset += seconds

    def reset(self) -> None:
        """Go back to the machine's own time."""
        self._offset = 0.0


def let_follow(clock: Clock, module: ModuleType) -> None:
    """Let a module of moto read this clock instead of the machine's, until another is told.

    moto's models import the functions by name, so they are replaced in the module that uses them.
    """

    def unix_time(moment: datetime | None = None) -> float:
        return float(moto_time.unix_time(moment)) if moment else clock.now()

    def unix_time_millis(moment: datetime | None = None) -> float:
        return float(moto_time.unix_time_millis(moment)) if moment else clock.now() * 1000

    vars(module).update(unix_time=unix_time, unix_time_millis=unix_time_millis)


def let_go(module: ModuleType) -> None:
    """Give a module of moto the machine's clock back."""
    vars(module).update(unix_time=moto_time.unix_time, unix_time_millis=moto_time.unix_time_millis)
